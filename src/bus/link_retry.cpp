#include "bus/chain.hpp"

#include <algorithm>

namespace rotacast::bus {

bool retry(Delivery& delivery,
           const Outcome& outcome,
           const RetryPolicy& policy,
           Timestamp now,
           double chance) {
    if (outcome.ending == Ending::permanent) return false;
    if (delivery.attempts >= std::max(policy.attempts, 1)) return false;
    delivery.state = DeliveryState::waiting;
    delivery.due = now + wait_after(policy, delivery.attempts, chance);
    return true;
}

}  // namespace rotacast::bus
