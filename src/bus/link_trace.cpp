#include "bus/chain.hpp"

#include "base/log.hpp"

namespace rotacast::bus {

void trace(const std::string& subscriber,
           const Entry& entry,
           int attempt,
           const Outcome& outcome,
           std::chrono::microseconds duration,
           DeliveryState state) {
    if (outcome.ending == Ending::done && !spdlog::should_log(spdlog::level::debug)) return;
    const auto& metadata = entry.envelope.metadata;
    const auto level = outcome.ending == Ending::done ? spdlog::level::debug
                       : state == DeliveryState::dead ? spdlog::level::warn
                                                      : spdlog::level::info;
    spdlog::log(level,
                "{}: {} {} attempt {}: {} after {} us{}",
                subscriber,
                metadata.event_type,
                metadata.event_id ? to_string(*metadata.event_id) : "",
                attempt,
                outcome.ending == Ending::done ? "done" : outcome.failure.name,
                duration.count(),
                state == DeliveryState::dead ? ", a dead letter" : "");
}

}  // namespace rotacast::bus
