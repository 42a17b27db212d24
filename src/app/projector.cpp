#include "app/projector.hpp"

#include "app/view.hpp"
#include "bus/cursor.hpp"

namespace rotacast::app {
namespace {

View view_of(const events::Envelope& envelope) {
    View view{envelope.metadata, {}, {}};
    std::visit(
        [&](const auto& event) {
            if constexpr (requires { show(view, event); }) show(view, event);
        },
        envelope.event);
    return view;
}

}  // namespace

std::vector<hub::Publication> project(const bus::Entry& entry, const std::string& epoch) {
    auto view = view_of(entry.envelope);
    std::vector<hub::Publication> publications;
    if (!view.missing.empty()) return publications;
    const auto& metadata = entry.envelope.metadata;
    const auto event_id = metadata.event_id.value_or(Uuid{});
    const auto cursor = to_string(bus::Cursor{epoch, entry.offset});
    for (std::size_t i = 0; i < view.shown.size(); ++i)
        publications.push_back({cursor,
                                i == 0 ? event_id : Uuid::derived(event_id, i),
                                metadata.timestamp.value_or(entry.stored_at),
                                std::move(view.shown[i].event),
                                std::move(view.shown[i].topics)});
    return publications;
}

std::vector<std::string> what_screens_miss(const events::Envelope& envelope) {
    return view_of(envelope).missing;
}

}  // namespace rotacast::app
