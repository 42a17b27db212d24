#include "app/projector.hpp"

#include "app/view.hpp"
#include "events/cursor.hpp"

#include <algorithm>
#include <iterator>

namespace rotacast::app {
namespace {

void show_event(View& view, const events::Event& event) {
    std::visit(
        [&](const auto& one) {
            if constexpr (requires { show(view, one); }) show(view, one);
        },
        event);
}

}  // namespace

std::vector<hub::Publication> project(const bus::Entry& entry, const std::string& epoch) {
    View view{entry.envelope.metadata};
    show_event(view, entry.envelope.event);
    std::vector<hub::Publication> publications;
    if (!view.missing.empty()) return publications;
    const auto& metadata = entry.envelope.metadata;
    const auto event_id = metadata.event_id.value_or(Uuid{});
    for (std::uint32_t i = 0; i < view.shown.size(); ++i) {
        const bool last = i + 1 == view.shown.size();
        const bus::Place place{entry.offset, last ? bus::Place::whole : i};
        publications.push_back({place,
                                to_string(bus::Cursor{epoch, place}),
                                i == 0 ? event_id : Uuid::derived(event_id, i),
                                metadata.timestamp.value_or(entry.stored_at),
                                std::move(view.shown[i].event),
                                std::move(view.shown[i].topics)});
    }
    return publications;
}

hub::Stretch project(const bus::EntryBatch& batch) {
    hub::Stretch stretch{.after = batch.entries.front().offset - 1,
                         .up_to = batch.entries.back().offset,
                         .bytes = batch.bytes,
                         .publications = {}};
    stretch.publications.reserve(batch.entries.size());
    for (const auto& entry : batch.entries)
        std::ranges::move(project(entry, batch.epoch), std::back_inserter(stretch.publications));
    return stretch;
}

std::vector<std::string> what_screens_miss(const events::Envelope& envelope) {
    View view{.metadata = envelope.metadata, .only_missing = true};
    show_event(view, envelope.event);
    return std::move(view.missing);
}

}  // namespace rotacast::app
