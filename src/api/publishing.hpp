#pragma once

// What the routes that publish need.

#include "bus/bus.hpp"
#include "config/http.hpp"
#include "live/unseen_events.hpp"

#include <cstddef>

namespace rotacast::api {

/// Everything it refers to outlives the loops.
struct Publishing {
    bus::Bus& bus;
    live::UnseenEvents& unseen_events;
    std::size_t intake_events_max = config::Intake{}.max_events;  ///< in one request
};

}  // namespace rotacast::api
