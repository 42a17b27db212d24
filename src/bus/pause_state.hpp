#pragma once

// Whether a subscriber is paused, and when it is probed. An operator pauses it, or it pauses itself
// for one of these reasons: it has failed for too long, it has too many dead letters, it has lost
// too many threads, or a failure said that all others would fail too (Others::paused). Only after
// the first one it tries one delivery from time to time (a probe). A probe that succeeds resumes
// it.

#include "bus/delivery.hpp"
#include "bus/subscription.hpp"

#include <optional>
#include <string>

namespace rotacast::bus {

/// Changes the members `paused`, `paused_by`, `reason` and `failing_since` of the record; the
/// caller stores it. Thread: the dispatcher's.
class PauseState {
  public:
    /// Both must outlive it.
    PauseState(SubscriberRecord& record, const SubscriberOptions& options)
        : record_(record), options_(options), probe_wait_(options.probe_interval) {}

    bool paused() const { return record_.paused; }

    /// `by`: the operator; empty: the subscriber itself.
    void set(bool paused, std::string by, std::string reason);

    /// Returns false if it is already paused.
    bool pause_itself(std::string reason);
    /// Pauses without probes: only an operator resumes it. Replaces a pause of its own. Returns
    /// false if an operator has paused it.
    bool give_up(std::string reason);

    // Series of failures.

    /// Begins a series if there is none.
    void note_failure(Timestamp now);
    void note_success() { record_.failing_since.reset(); }
    /// Pauses the subscriber if the series has lasted too long. Returns true if it did.
    bool pause_if_failing(Timestamp now);

    // Probes.

    /// When the next probe may start; nullopt: the pause is not probed.
    std::optional<Timestamp> next_probe(Timestamp now);
    /// Resumes the subscriber, or doubles the wait up to probe_interval_max.
    void end_probe(Timestamp now, bool success);

  private:
    SubscriberRecord& record_;
    const SubscriberOptions& options_;
    std::chrono::milliseconds probe_wait_;
    std::optional<Timestamp> probe_at_;
};

}  // namespace rotacast::bus
