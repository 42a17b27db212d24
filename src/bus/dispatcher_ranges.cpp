// Replays of a journal range. Entries are read in slices, so that memory and store hold only a few
// letters ahead of the rate.

#include "base/log.hpp"
#include "bus/dispatcher.hpp"

namespace rotacast::bus {
namespace {

constexpr std::int64_t letters_ahead_max = 100;
constexpr std::size_t range_entries_per_cycle = 1000;

}  // namespace

void Dispatcher::feed_ranges(DispatchCycle& cycle) {
    for (auto& range : ranges_)
        for (auto& [name, subscriber] : subscribers_)
            if (subscriber->record().id == range.range_subscriber && !leaving_ &&
                subscriber->record().epoch == reader_.epoch())
                feed_range(cycle, range, *subscriber);
    std::erase_if(ranges_, [](const Replay& range) { return range.range_next >= range.range_to; });
}

/// Ends ranges of a former epoch where the histories differ: entries that the journal has lost are
/// not replayed, nor are the new ones at their offsets.
void Dispatcher::cut_ranges(DispatchCycle& cycle,
                            std::int64_t subscriber,
                            const std::string& epoch) {
    const auto shared = reader_.shared_with(epoch).value_or(0);
    for (auto& range : ranges_) {
        if (range.range_subscriber != subscriber || range.range_to <= shared) continue;
        log::warn(
            "Replay {} ends at entry {}: the journal has lost those behind it", range.id, shared);
        range.range_to = std::max(shared, range.range_next);
        cycle.store().save(range);
    }
}

void Dispatcher::feed_range(DispatchCycle& cycle, Replay& range, Subscriber& subscriber) {
    if (subscriber.replaying() >= letters_ahead_max) return;
    auto& store = cycle.store();
    const auto interval = replay_interval(options_);
    auto due = std::chrono::time_point_cast<std::chrono::microseconds>(
        std::max(cycle.now, store.last_replaying().value_or(cycle.now)));
    const auto slice = reader_.after(range.range_next);
    if (!slice) {
        log::error("A replay cannot read the journal: {}", slice.error().message);
        return cycle.wake_at(cycle.steady + std::chrono::seconds(1));
    }
    if (slice->empty()) range.range_next = range.range_to;
    for (std::size_t i = 0; !slice->empty() && i < range_entries_per_cycle; ++i) {
        if (slice->index + i >= slice->batch->entries.size()) break;
        const auto& entry = slice->batch->entries[slice->index + i];
        if (entry.offset > range.range_to) {
            range.range_next = range.range_to;
            break;
        }
        if (subscriber.replaying() >= letters_ahead_max) break;
        range.range_next = entry.offset;
        due += interval;
        if (subscriber.add_replayed(
                cycle, entry, range.id, std::chrono::floor<std::chrono::milliseconds>(due)))
            ++range.letters;
        else
            due -= interval;
    }
    store.save(range);
    cycle.wake_now();
}

}  // namespace rotacast::bus
