#pragma once

// What GraphQL operations work with, and the connections that carry them.

#include "bus/bus.hpp"
#include "bus/bus_admin.hpp"
#include "execution/rules.hpp"
#include "execution/selection_interner.hpp"
#include "live/credential_check.hpp"
#include "live/sources.hpp"
#include "live/supervision.hpp"
#include "live/unseen_events.hpp"

namespace rotacast::execution {

class StreamReservations;

/// Everything it refers to outlives the loops.
struct Environment {
    live::Sources& sources;
    live::Supervision& supervision;
    live::CredentialCheck& credential_check;
    bus::Bus& bus;  ///< for mutations
    live::UnseenEvents& unseen_events;
    bus::BusAdmin& bus_admin;  ///< for operators
    SelectionInterner& selections;
    OperationBudget& operation_budget;
    StreamReservations& stream_reservations;
    Rules operation_rules = {};
};

}  // namespace rotacast::execution
