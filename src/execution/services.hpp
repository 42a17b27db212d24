#pragma once

// What GraphQL needs besides that which every live connection does. References: all of it outlives
// the loops.

#include "execution/rules.hpp"
#include "execution/selection_interner.hpp"
#include "live/services.hpp"

namespace rotacast::execution {

class StreamReservations;

struct Services : live::Services {
    SelectionInterner& selections;
    OperationBudget& operation_budget;
    StreamReservations& stream_reservations;
    Rules graphql = {};
};

}  // namespace rotacast::execution
