#include "bus/publish_stats.hpp"

#include <algorithm>

namespace rotacast::bus {

void PublishStats::count(const Result<Receipts>& answer,
                         std::chrono::steady_clock::duration duration) {
    const std::scoped_lock lock(mutex_);
    if (!answer) {
        ++figures_.requests_refused;
        return;
    }
    ++figures_.requests_stored;
    figures_.events +=
        static_cast<std::uint64_t>(std::ranges::count(*answer, false, &Receipt::duplicate));
    append_.add(std::chrono::duration_cast<std::chrono::microseconds>(duration));
}

PublishFigures PublishStats::figures() const {
    const std::scoped_lock lock(mutex_);
    auto figures = figures_;
    append_.add_to(figures.append);
    return figures;
}

}  // namespace rotacast::bus
