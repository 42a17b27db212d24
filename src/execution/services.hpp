#pragma once

// What GraphQL needs beyond live::Services. All references outlive the loops.

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
