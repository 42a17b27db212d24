#include "bus/chain.hpp"

namespace rotacast::bus {

std::optional<std::chrono::steady_clock::time_point> deadline(
    std::chrono::milliseconds timeout, std::chrono::steady_clock::time_point started) {
    if (timeout.count() <= 0) return std::nullopt;
    return started + timeout;
}

Outcome timed_out(std::chrono::milliseconds timeout) {
    return Outcome::failed(
        "Timeout", "The handler was not back after " + std::to_string(timeout.count()) + " ms.");
}

Outcome process_ended() {
    return Outcome::failed("ProcessEnded", "The process ended before the handler did.");
}

}  // namespace rotacast::bus
