#pragma once

// The clocks of the bus, injected so that tests can set the time.

#include "base/time.hpp"

#include <chrono>
#include <functional>

namespace rotacast::bus {

using SteadyTime = std::chrono::steady_clock::time_point;

struct Clock {
    std::function<Timestamp()> wall = [] { return now(); };  ///< for times that outlive the process
    std::function<SteadyTime()> steady = [] { return std::chrono::steady_clock::now(); };
};

}  // namespace rotacast::bus
