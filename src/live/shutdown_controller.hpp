#pragma once

// Starts the shutdown of the server once: for a signal or for an operator, whichever comes first.

#include "base/error.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <utility>

namespace rotacast::live {

/// Thread: any, except for on_requested().
class ShutdownController {
  public:
    /// `window`: over which connections are closed, unless begin() sets another.
    explicit ShutdownController(std::chrono::seconds window) : window_(window) {}

    /// `end` makes the process stop the server soon; it must not wait for that. Without it only the
    /// program that embeds the server can stop it. Call before the server accepts requests.
    void on_requested(std::function<void()> end) { end_ = std::move(end); }

    bool begun() const noexcept { return begun_; }

    /// Errors: `unavailable` if no `end` was set; `conflict` if the shutdown has begun.
    Result<void> check() const {
        if (!end_)
            return Error{
                ErrorCode::unavailable, "The program that embeds this server has to stop it.", ""};
        if (begun_) return Error{ErrorCode::conflict, "The server is shutting down already.", ""};
        return {};
    }

    /// Starts the shutdown for an operator: not ready from now on, stopped soon. Errors: as
    /// check().
    Result<void> begin(std::optional<std::chrono::seconds> window) {
        if (auto possible = check(); !possible) return possible;
        if (begun_.exchange(true)) return check();
        if (window) window_ = *window;
        end_();
        return {};
    }

    /// Records that the server is being stopped, for whatever reason; returns the time it may take.
    std::chrono::seconds begin_anyway() noexcept {
        begun_ = true;
        return window_;
    }

    std::chrono::seconds window() const noexcept { return window_; }

  private:
    std::function<void()> end_;
    std::atomic<bool> begun_{false};
    std::atomic<std::chrono::seconds> window_;
};

}  // namespace rotacast::live
