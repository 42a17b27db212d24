#include "projection/projector.hpp"

#include "events/cursor.hpp"
#include "projection/view.hpp"

#include <algorithm>
#include <iterator>

namespace rotacast::projection {
namespace {

void show_event(View& view, const events::Event& event) {
    std::visit(
        [&](const auto& one) {
            if constexpr (requires { show(view, one); }) show(view, one);
        },
        event);
}

/// A topic for all events of a kind, whomever they concern. Alerts go to everybody anyway.
std::optional<Topic::Kind> kind_of(const events::ClientEvent& event) {
    struct Visitor {
        using Kind = std::optional<Topic::Kind>;
        Kind operator()(const client::ScheduleUpdated&) {
            return Topic::Kind::every_schedule_update;
        }
        Kind operator()(const client::AssignmentChanged&) { return Topic::Kind::every_assignment; }
        Kind operator()(const client::SwapRequested&) { return Topic::Kind::every_swap; }
        Kind operator()(const client::SwapApproved&) { return Topic::Kind::every_swap; }
        Kind operator()(const client::ConflictDetected&) { return Topic::Kind::every_conflict; }
        Kind operator()(const client::ResilienceAlert&) { return std::nullopt; }
        Kind operator()(const client::SolverSolution&) { return std::nullopt; }
        Kind operator()(const client::SolverComplete&) { return std::nullopt; }
        Kind operator()(const events::Notification&) { return std::nullopt; }
    };
    return std::visit(Visitor{}, event);
}

}  // namespace

std::vector<hub::Publication> project(const bus::Entry& entry, const std::string& epoch) {
    View view{entry.envelope.metadata, entry.known.get()};
    show_event(view, entry.envelope.event);
    std::vector<hub::Publication> publications;
    if (!view.missing.empty()) return publications;
    const auto& metadata = entry.envelope.metadata;
    const auto event_id = metadata.event_id.value_or(Uuid{});
    for (std::uint32_t i = 0; i < view.shown.size(); ++i) {
        const bool last = i + 1 == view.shown.size();
        const bus::Position position{entry.offset, last ? bus::Position::whole : i};
        publications.push_back({position,
                                to_string(bus::Cursor{epoch, position}),
                                i == 0 ? event_id : Uuid::derived(event_id, i),
                                metadata.timestamp.value_or(entry.stored_at),
                                std::move(view.shown[i].event),
                                std::move(view.shown[i].topics)});
        if (const auto kind = kind_of(publications.back().event))
            publications.back().topics.push_back(Topic::every(*kind));
    }
    return publications;
}

hub::JournalRange project(const bus::EntryBatch& batch) {
    if (batch.entries.empty()) return {batch.last, batch.last, 0, {}, batch.epoch};
    hub::JournalRange stretch{.after = batch.entries.front().offset - 1,
                              .up_to = batch.entries.back().offset,
                              .bytes = batch.bytes,
                              .publications = {},
                              .epoch = batch.epoch,
                              .stored_at = batch.entries.front().stored_at};
    stretch.publications.reserve(batch.entries.size());
    for (const auto& entry : batch.entries)
        std::ranges::move(project(entry, batch.epoch), std::back_inserter(stretch.publications));
    return stretch;
}

hub::JournalRange project_early(const bus::EntryBatch& batch, bus::Offset after) {
    hub::JournalRange range{
        .after = after, .up_to = after, .publications = {}, .epoch = batch.epoch};
    const bus::Position position{after};
    const auto cursor = to_string(bus::Cursor{batch.epoch, position});
    if (!batch.entries.empty()) range.stored_at = batch.entries.front().stored_at;
    for (const auto& entry : batch.entries) {
        for (auto& publication : project(entry, batch.epoch)) {
            publication.position = position;
            publication.cursor = cursor;
            range.publications.push_back(std::move(publication));
        }
    }
    return range;
}

Result<hub::JournalRange> read_publications(bus::Journal& journal,
                                            bus::Offset after,
                                            std::size_t limit) {
    const auto entries = journal.read(after, limit);
    if (!entries) return entries.error();
    return project(**entries);
}

std::vector<std::string> members_missing(const events::Event& event, const events::Known* known) {
    static const events::Metadata nobody;
    View view{.metadata = nobody, .known = known, .only_missing = true};
    show_event(view, event);
    return std::move(view.missing);
}

}  // namespace rotacast::projection
