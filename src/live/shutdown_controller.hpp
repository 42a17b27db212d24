#pragma once

// The end of the server as a wish that may be had once: by a signal or by an operator, whoever
// comes first.

#include "base/error.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <utility>

namespace rotacast::live {

/// Thread: any, except for on_wish().
class ShutdownController {
  public:
    /// `window`: over which connections are closed, unless who begins says otherwise.
    explicit ShutdownController(std::chrono::seconds window) : window_(window) {}

    /// `end` makes the process stop the server soon; it must not wait for that. Without it only the
    /// program that holds the server can end it. Before anybody is served.
    void on_wish(std::function<void()> end) { end_ = std::move(end); }

    bool begun() const noexcept { return begun_; }

    /// `unavailable`: there is nobody to do it; `conflict`: it has begun.
    Result<void> check() const {
        if (!end_)
            return Error{
                ErrorCode::unavailable, "The program that embeds this server has to stop it.", ""};
        if (begun_) return Error{ErrorCode::conflict, "The server is shutting down already.", ""};
        return {};
    }

    /// An operator's wish: not ready from now on, and down soon. Errors: as check().
    Result<void> begin(std::optional<std::chrono::seconds> window) {
        if (auto possible = check(); !possible) return possible;
        if (begun_.exchange(true)) return check();
        if (window) window_ = *window;
        end_();
        return {};
    }

    /// The server is being stopped, for whatever reason: how long it may take over it.
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
