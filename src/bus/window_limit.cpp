#include "bus/window_limit.hpp"

#include <algorithm>

namespace rotacast::bus {

void WindowLimit::add(std::chrono::microseconds duration) {
    ++attempts_;
    busy_ += duration;
    longest_ = std::max(longest_, duration);
    const double weight = attempts_ == 1 ? 1 : 0.05;
    average_us_ += weight * (static_cast<double>(duration.count()) - average_us_);
    const auto affordable = static_cast<double>(time_.count()) / std::max(average_us_, 1.0);
    entries_ = std::clamp(static_cast<std::size_t>(std::min(affordable, 1e6)),
                          std::min(2 * executors_, entries_max_),
                          entries_max_);
}

}  // namespace rotacast::bus
