#pragma once

// What can be told of a subscriber in numbers, from what the store knows of it.

#include "bus/delivery_store.hpp"
#include "bus/stats.hpp"

namespace rotacast::bus {

/// As if no handler of it were in this process: what is leased waits. Who has its handlers corrects
/// what they are about (Subscriber::status). In a transaction of `store`; `last`: the journal's
/// newest entry.
SubscriberStatus status_of(const SubscriberRecord& record, DeliveryStore& store, Offset last);

}  // namespace rotacast::bus
