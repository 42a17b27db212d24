#pragma once

// Watches the directory for changes made by any process, and has the sessions reviewed.

#include "auth/access_changes.hpp"
#include "auth/users.hpp"
#include "live/live_sessions.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>

namespace rotacast::live {

/// Runs on the worker pool, where blocking is allowed. Must be stopped, and the pool joined, before
/// it is destroyed.
class RevocationWatcher {
  public:
    /// A session ends within this interval plus the loop's delay: well within the promised second.
    static constexpr std::chrono::milliseconds interval{250};

    RevocationWatcher(net::asio::thread_pool& workers,
                      auth::Users& users,
                      auth::AccessChangeFeed& changes,
                      LiveSessions& sessions);

    /// Watches for changes from now on.
    Result<void> start();
    void stop();

  private:
    void arm();
    void look();

    net::asio::steady_timer timer_;
    auth::Users& users_;
    auth::AccessChangeFeed& changes_;
    LiveSessions& sessions_;
    std::int64_t seen_ = 0;
    std::atomic<bool> stopped_{false};
};

}  // namespace rotacast::live
