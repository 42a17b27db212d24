// Retention of the store's rows. Works in slices, so that no cycle waits long for it.

#include "base/log.hpp"
#include "bus/dispatcher.hpp"

namespace rotacast::bus {
namespace {

constexpr std::size_t rows_per_cycle = 1000;
/// Between two slices, so that handlers are not delayed.
constexpr std::chrono::milliseconds slice_interval{20};

/// The audit names this as the requester of trimming.
constexpr std::string_view by_itself = "retention";

}  // namespace

void Dispatcher::trim(DispatchCycle& cycle) {
    if (leaving_) return;
    if (cycle.steady < trim_at_) return cycle.wake_at(trim_at_);
    const auto time = retention_clock_.look(cycle.now, cycle.steady);
    bool more = false;
    for (const auto what : all_kept) {
        const auto& rule = options_.retention[what];
        if (rule == KeepRule{}) continue;
        const auto removed = cycle.store().records().trim(what, rule, time, rows_per_cycle);
        if (removed == 0) continue;
        more |= removed == static_cast<std::int64_t>(rows_per_cycle);
        log::info("Retention removed {} rows: {}", removed, to_string(what));
        // An operator discarded these letters, so the operators' audit records their removal.
        if (what == Kept::discarded_letters)
            cycle.store().records().audit({0,
                                           std::string(by_itself),
                                           cycle.now,
                                           "trim",
                                           std::string(to_string(what)),
                                           removed,
                                           ""});
    }
    const std::chrono::milliseconds pause = more ? slice_interval : options_.retention.interval;
    trim_at_ = cycle.steady + pause;
    cycle.wake_at(trim_at_);
}

}  // namespace rotacast::bus
