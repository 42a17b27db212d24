#pragma once

// Slows down password guessing: a bounded number of login attempts per key (an address, a user
// name) and window.

#include "config/authentication.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

namespace rotacast::auth {

/// Every attempt that is let through counts, whether or not it succeeds; a refused one does not, so
/// waiting always helps. Sliding window. Thread: any.
class LoginLimiter {
  public:
    using Clock = std::chrono::steady_clock;

    struct Options {
        std::size_t attempts_max = config::Login{}.attempts;  ///< 0: no bound
        std::chrono::seconds window{config::Login{}.window_s};
        /// Beyond this, the key with the oldest last attempt is dropped
        std::size_t keys_max = 100'000;
    };

    struct Verdict {
        bool allowed = true;
        std::chrono::seconds retry_after{0};  ///< at least 1 when refused
    };

    explicit LoginLimiter(Options options) : options_(options) {}
    LoginLimiter() : LoginLimiter(Options{}) {}

    Verdict attempt(const std::string& key, Clock::time_point now);

    std::size_t key_count() const;

  private:
    struct Record {
        std::string key;
        std::deque<Clock::time_point> attempts;  // ascending, at most attempts_max
    };
    using Records = std::list<Record>;  // the key with the oldest last attempt first

    void forget_idle(Clock::time_point now);
    Record& record_of(const std::string& key);

    const Options options_;
    mutable std::mutex mutex_;
    Records records_;
    std::unordered_map<std::string, Records::iterator> by_key_;
};

}  // namespace rotacast::auth
