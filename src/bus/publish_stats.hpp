#pragma once

// Counts publishing, for metrics.

#include "base/histogram.hpp"
#include "bus/journal.hpp"

#include <chrono>
#include <cstdint>
#include <mutex>

namespace rotacast::bus {

struct PublishFigures {
    std::uint64_t events = 0;  ///< stored; without those that were stored already
    std::uint64_t requests_stored = 0;
    std::uint64_t requests_refused = 0;
    Durations append;
};

/// Thread-safe. Costs a request, not an event, a lock that is almost always free: mostly the
/// journal's thread counts.
class PublishStats {
  public:
    void count(const Result<Receipts>& answer, std::chrono::steady_clock::duration duration);
    PublishFigures figures() const;

  private:
    mutable std::mutex mutex_;
    PublishFigures figures_;  // but for `append`
    Histogram append_;
};

}  // namespace rotacast::bus
