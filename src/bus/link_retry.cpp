#include "bus/chain.hpp"

#include <algorithm>

namespace rotacast::bus {

bool may_retry(const Outcome& outcome, int attempts, const RetryPolicy& policy) {
    return outcome.ending == Ending::failed && attempts < std::max(policy.attempts, 1);
}

bool retry(Delivery& delivery,
           const Outcome& outcome,
           const RetryPolicy& policy,
           Timestamp now,
           double chance) {
    if (!may_retry(outcome, delivery.attempts, policy)) return false;
    delivery.state = DeliveryState::waiting;
    delivery.due = now + wait_after(policy, delivery.attempts, chance);
    return true;
}

}  // namespace rotacast::bus
