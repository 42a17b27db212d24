#include "bus/missed_entries.hpp"

#include "base/log.hpp"

namespace rotacast::bus {

void note_missed_entries(DispatchCycle& cycle, SubscriberRecord& record, Offset from, Offset to) {
    const auto range = std::to_string(from) + "-" + std::to_string(to);
    log::warn("{}: missed entries {}: the journal has dropped them", record.name, range);
    record.missed += static_cast<std::int64_t>(to - from + 1);
    cycle.store().note(
        {0, record.name, std::nullopt, {"missed", record.epoch + "." + range, ""}, cycle.now});
}

}  // namespace rotacast::bus
