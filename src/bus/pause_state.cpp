#include "bus/pause_state.hpp"

#include "base/log.hpp"

#include <algorithm>

namespace rotacast::bus {
namespace {

/// The reason of the one pause that is probed. It is stored, so it also tells a later process.
constexpr std::string_view reason_failing = "It has failed for too long without a success.";

}  // namespace

void PauseState::set(bool paused, std::string by, std::string reason) {
    record_.paused = paused;
    record_.paused_by = std::move(by);
    record_.reason = std::move(reason);
    probe_at_.reset();
    if (!paused) record_.failing_since.reset();
}

bool PauseState::pause_itself(std::string reason) {
    return !record_.paused && give_up(std::move(reason));
}

bool PauseState::give_up(std::string reason) {
    if (record_.paused && !record_.paused_by.empty()) return false;
    log::warn("{} is paused: {}", record_.name, reason);
    set(true, "", std::move(reason));
    return true;
}

void PauseState::note_failure(Timestamp now) {
    if (!record_.failing_since) record_.failing_since = now;
}

bool PauseState::pause_if_failing(Timestamp now) {
    if (options_.pause_after.count() <= 0 || record_.paused || !record_.failing_since) return false;
    if (now - *record_.failing_since < options_.pause_after) return false;
    pause_itself(std::string(reason_failing));
    probe_wait_ = options_.probe_interval;
    probe_at_ = now + probe_wait_;
    return true;
}

/// Only the reason tells the pauses of the subscriber itself apart. An operator may use the same
/// words, so it is compared only if no operator has paused the subscriber.
std::optional<Timestamp> PauseState::next_probe(Timestamp now) {
    if (!record_.paused || !record_.paused_by.empty() || record_.reason != reason_failing)
        return std::nullopt;
    if (!probe_at_) probe_at_ = now;
    return probe_at_;
}

void PauseState::end_probe(Timestamp now, bool success) {
    if (success) {
        log::info("{} is resumed: a probe succeeded", record_.name);
        set(false, "", "");
        probe_wait_ = options_.probe_interval;
        return;
    }
    probe_wait_ = std::min(probe_wait_ * 2, options_.probe_interval_max);
    probe_at_ = now + probe_wait_;
}

}  // namespace rotacast::bus
