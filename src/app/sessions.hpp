#pragma once

// What all live connections share: limits, counters, history, presence.

#include "app/stores.hpp"
#include "app/threads.hpp"
#include "execution/rules.hpp"
#include "execution/selection_interner.hpp"
#include "execution/stream_reservations.hpp"
#include "live/admission.hpp"
#include "live/classic_counters.hpp"
#include "live/history.hpp"
#include "live/live_rules.hpp"
#include "live/live_sessions.hpp"
#include "live/open_connections.hpp"
#include "live/refusals.hpp"
#include "live/resume_counters.hpp"
#include "live/shutdown_controller.hpp"
#include "live/unseen_events.hpp"
#include "presence/presence_board.hpp"

#include <boost/asio/steady_timer.hpp>

namespace rotacast::app {

/// Destroyed after the routes, which open connections; and before the path of an event. A
/// connection on a loop refers to all of this until the loops' threads end, so Node::stop() stops
/// the loops first.
struct Sessions {
    Sessions(const Config& config, Stores& stores, Threads& threads);

    /// Lets time pass for presence, from now on. Thread: loop 0. The interval bounds how late
    /// departures are noticed.
    void tick_presence(net::Loop& loop);

    live::History history;
    presence::PresenceBoard presence;
    net::asio::steady_timer presence_timer;
    live::LiveSessions live_sessions;
    live::ClassicCounters counters;
    live::Refusals refusals;
    live::ResumeCounters resumes;
    live::UnseenEvents unseen_events;
    live::Admission admission;
    live::OpenConnections open_connections;
    live::LiveRules rules;
    live::ShutdownController shutdown;
    // of GraphQL
    execution::SelectionInterner selections;
    execution::OperationBudget operation_budget;
    execution::StreamReservations stream_reservations;
};

}  // namespace rotacast::app
