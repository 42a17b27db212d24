#pragma once

// Time, handed in: tests cycle it by hand.

#include "base/time.hpp"

#include <chrono>
#include <functional>

namespace rotacast::bus {

using SteadyTime = std::chrono::steady_clock::time_point;

struct Clock {
    std::function<Timestamp()> wall = [] { return now(); };  ///< for what outlives the process
    std::function<SteadyTime()> steady = [] { return std::chrono::steady_clock::now(); };
};

}  // namespace rotacast::bus
