#pragma once

// How a subscriber begins: finds its position in the journal, and turns the attempts that were
// interrupted into rows.
//
// For a successful delivery only the position is stored. So after an interruption exactly the
// entries in (position, begun], and the leased rows, may have been started without a recorded
// outcome. Each of them gets a row and runs again.

#include "bus/delivery_rows.hpp"
#include "bus/subscription.hpp"

#include <functional>

namespace rotacast::bus {

/// What interrupted the attempts that are unfinished when a subscriber begins.
enum class InterruptedBy : std::uint8_t {
    ended_process,  ///< they may have ended it: each counts as a failed attempt and is suspect
    failed_store,   ///< not their fault: nothing is counted
};

/// Used once, before the subscriber does anything else. Thread: the dispatcher's. Reads the
/// journal, so it blocks; what it reads is bounded by the window. An error of the journal fails the
/// cycle.
class SubscriberRecovery {
  public:
    /// All of these must outlive it. `chance` chooses the jitter of retries.
    SubscriberRecovery(DispatchCycle& cycle,
                       const Subscription& subscription,
                       const std::function<double()>& chance,
                       SubscriberRecord& record,
                       DeliveryRows& rows)
        : cycle_(cycle),
          subscription_(subscription),
          chance_(chance),
          record_(record),
          rows_(rows) {}

    /// Changes the record, which the caller must save. Afterwards every entry up to
    /// `record.position` is done or has a row, and none behind it has begun.
    void run(InterruptedBy interrupted_by);

  private:
    void find_position();
    void step_back(Offset shared);
    void start_anew();
    void recover_lease(Delivery row, InterruptedBy interrupted_by);
    void recover_window(InterruptedBy interrupted_by);
    void recover_entry(const Entry& entry, InterruptedBy interrupted_by);
    void note_missed(Offset from, Offset to);

    DispatchCycle& cycle_;
    const Subscription& subscription_;
    const std::function<double()>& chance_;
    SubscriberRecord& record_;
    DeliveryRows& rows_;
};

}  // namespace rotacast::bus
