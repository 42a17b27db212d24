#pragma once

// Counts the events that were stored although no client will be sent them, because a member is
// missing or no UUID: an operator sees which back end's events reach nobody.

#include "bus/journal.hpp"
#include "live/server_statistics.hpp"

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

namespace rotacast::live {

/// Thread-safe.
class UnseenEvents {
  public:
    /// The unseen ones among newly stored events. `publisher` is counted as such if it is
    /// `key:<name>`; the users are counted together, as `tokens`.
    void count(std::string_view publisher, const bus::Receipts& receipts);

    CountByLabel counts() const;

    /// Beyond so many keys, further ones are counted as `others`.
    static constexpr std::size_t labels_max = 256;

  private:
    mutable std::mutex mutex_;
    CountByLabel counts_;
};

}  // namespace rotacast::live
