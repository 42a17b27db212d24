#pragma once

// A subscriber's statistics, computed from the store.

#include "bus/delivery_store.hpp"
#include "bus/stats.hpp"

namespace rotacast::bus {

/// As if the subscriber had no handler in this process: leased rows count as waiting.
/// Subscriber::status corrects this for one that has. Call it in a transaction of `store`. `last`:
/// the journal's newest entry.
SubscriberStatus status_of(const SubscriberRecord& record, DeliveryStore& store, Offset last);

}  // namespace rotacast::bus
