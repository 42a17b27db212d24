#pragma once

// What GraphQL needs besides that which every live connection does. References: all of it outlives
// the loops.

#include "execution/rules.hpp"
#include "execution/wishes.hpp"
#include "live/services.hpp"

namespace rotacast::execution {

class StreamReservations;

struct Services : live::Services {
    Wishes& wishes;
    OperationBudget& operation_budget;
    StreamReservations& stream_reservations;
    Rules graphql = {};
};

}  // namespace rotacast::execution
