#pragma once

// One pass of the dispatcher over its subscribers: what they share while it lasts.

#include "bus/bus.hpp"
#include "bus/clock.hpp"
#include "bus/crash_quarantine.hpp"
#include "bus/entry_reader.hpp"
#include "bus/write_batcher.hpp"

#include <algorithm>
#include <functional>

namespace rotacast::bus {

class DispatchCycle {
  public:
    DispatchCycle(WriteBatcher& writes,
                  EntryReader& entry_reader,
                  CrashQuarantine& crash_quarantine,
                  Timestamp wall,
                  SteadyTime steady_time)
        : reader(entry_reader),
          quarantine(crash_quarantine),
          now(wall),
          steady(steady_time),
          writes_(writes) {}

    EntryReader& reader;
    CrashQuarantine& quarantine;
    const Timestamp now;
    const SteadyTime steady;

    DeliveryStore& store() { return writes_.store(steady); }

    /// The cycle cannot be what it should be: end() will store nothing and say this.
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
    WriteBatcher& writes_;
    std::optional<Error> error_;
    std::optional<SteadyTime> wake_;
};

}  // namespace rotacast::bus
