#pragma once

// The path of an event (ARCHITECTURE.md):
// bus -> journal -> dispatcher -> handlers, webhooks
//                -> tail -> follower -> hub -> loops

#include "app/follower.hpp"
#include "app/journal_tail.hpp"
#include "app/stores.hpp"
#include "app/threads.hpp"
#include "bus/bus.hpp"
#include "bus/bus_admin.hpp"
#include "bus/dispatcher.hpp"
#include "handlers/handlers.hpp"
#include "hub/hub.hpp"
#include "webhooks/webhooks.hpp"

#include <functional>

namespace rotacast::app {

/// Destroyed after the sessions, which publish to the bus and receive from the hub; and before the
/// threads and the stores, which each part uses to the last. Each member is declared before those
/// that refer to it.
struct EventPath {
    /// Takes the deliveries and the webhooks out of `stores`.
    EventPath(const Config& config,
              webhooks::WebhooksOptions webhooks_options,
              Stores& stores,
              Threads& threads);

    /// Has the journal pass each batch of entries on from now on. `passed` is called after each, on
    /// the journal's thread; it must not block. May be empty.
    void follow(bus::Journal& journal, std::function<void()> passed);

    /// Returns when every connection was passed everything that the journal has now. This only
    /// waits for posted jobs, so the time-out is only reached because of a defect.
    void show_everything_stored(net::Loops& loops, bus::Journal& journal);

    bus::Bus bus;
    handlers::Handlers handlers;
    bus::Dispatcher dispatcher;
    bus::BusAdmin bus_admin;
    webhooks::Webhooks webhooks;
    hub::Hub hub;
    Follower follower;
    JournalTail tail;
};

}  // namespace rotacast::app
