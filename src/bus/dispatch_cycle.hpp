#pragma once

// One pass of the dispatcher over its subscribers, and the state that they share during it.

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

    /// Makes end() store nothing and return this error.
    void fail(const Error& error) { error_ = error; }

    /// Commits at once if a caller `relies` on the rows or they have waited long enough; otherwise
    /// later. After an error, nothing that was not yet committed is stored.
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

    /// When the next cycle is needed if nothing else happens.
    const std::optional<SteadyTime>& wake() const { return wake_; }

  private:
    WriteBatcher& writes_;
    std::optional<Error> error_;
    std::optional<SteadyTime> wake_;
};

}  // namespace rotacast::bus
