#pragma once

// How long a connection may take for what it is doing.

#include <chrono>
#include <optional>

#include "net/stream.hpp"

namespace rotacast::http {

/// A time-out for the pending wait on a stream, checked once per tick: costs no timer. Lives beside
/// its stream, on one loop.
class Deadline {
  public:
    explicit Deadline(net::Stream& stream) noexcept : stream_(stream) {}

    void set(std::chrono::milliseconds from_now) {
        at_ = std::chrono::steady_clock::now() + from_now;
        passed_ = false;
    }
    void clear() noexcept { at_.reset(); }

    /// Whether it has passed since it was last set. The wait has then ended, perhaps without an
    /// error.
    bool passed() const noexcept { return passed_; }

    void on_tick(std::chrono::steady_clock::time_point now) noexcept {
        if (!at_ || now < *at_) return;
        at_.reset();
        passed_ = true;
        stream_.cancel();
    }

  private:
    net::Stream& stream_;
    std::optional<std::chrono::steady_clock::time_point> at_;
    bool passed_ = false;
};

}  // namespace rotacast::http
