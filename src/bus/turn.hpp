#pragma once

// What one pass of the dispatcher lends to the subscribers that it looks after.

#include "bus/bus.hpp"
#include "bus/clock.hpp"
#include "bus/entry_reader.hpp"
#include "bus/gathered_writes.hpp"

#include <algorithm>
#include <functional>

namespace rotacast::bus {

/// Of the deliveries that were with a handler when a process ended, one runs at a time, and one
/// that is near its last attempt has the process for itself: if it ends this one too, and again, it
/// is the one, and nobody else is to blame.
struct SuspectGate {
    /// One that has run for so long does not end the process at once, so others go on; so long,
    /// too, do they wait for the last of them to come back.
    static constexpr std::chrono::seconds hold_max{1};
    /// Ends of the process while one ran alone, until it is to blame: a single one may be somebody
    /// who ended the process from outside.
    static constexpr int isolated_ends_max = 2;

    std::int64_t holder = 0;  ///< SubscriberRecord::id; 0: free
    SteadyTime since;
    bool isolating = false;   ///< nobody but the holder begins anything
    std::size_t running = 0;  ///< handlers in the process, as the turn began

    bool expired(SteadyTime time) const { return time - since >= hold_max; }
    bool free_for(std::int64_t subscriber, SteadyTime time) const {
        return holder == 0 || holder == subscriber || expired(time);
    }
    bool holds_up(std::int64_t subscriber, SteadyTime time) const {
        return isolating && !free_for(subscriber, time);
    }
    void take(std::int64_t subscriber, SteadyTime time) {
        holder = subscriber;
        since = time;
        isolating = false;
    }
    void leave(std::int64_t subscriber) {
        if (holder != subscriber) return;
        holder = 0;
        isolating = false;
    }
};

class Turn {
  public:
    Turn(GatheredWrites& writes,
         EntryReader& entry_reader,
         SuspectGate& suspect_gate,
         Timestamp wall,
         SteadyTime steady_time)
        : reader(entry_reader),
          suspects(suspect_gate),
          now(wall),
          steady(steady_time),
          writes_(writes) {}

    EntryReader& reader;
    SuspectGate& suspects;
    const Timestamp now;
    const SteadyTime steady;

    DeliveryStore& store() { return writes_.store(steady); }

    /// The turn cannot be what it should be: end() will store nothing and say this.
    void fail(const Error& error) { error_ = error; }

    /// What was done is stored: at once if something `relies` on it, else soon. After an error,
    /// nothing is that was not stored before.
    Result<void> end(bool relies) {
        if (error_) {
            writes_.roll_back();
            return *error_;
        }
        const auto& due = writes_.due();
        if (relies || (due && *due <= steady)) return writes_.commit();
        if (due) wake_at(*due);
        return {};
    }

    void wake_at(SteadyTime time) { wake_ = wake_ ? std::min(*wake_, time) : time; }
    void wake_at(Timestamp time) { wake_at(steady + std::max(time - now, {})); }
    void wake_now() { wake_at(steady); }

    /// When the next one is wanted, if nothing happens.
    const std::optional<SteadyTime>& wake() const { return wake_; }

  private:
    GatheredWrites& writes_;
    std::optional<Error> error_;
    std::optional<SteadyTime> wake_;
};

}  // namespace rotacast::bus
