#pragma once

// How a serving process handles signals.

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <functional>
#include <utility>

namespace rotacast::app {

/// SIGTERM and SIGINT end the process, SIGHUP reloads the configuration. Signals are caught from
/// construction on, so construct this before reporting that the server is ready. SIGPIPE and
/// SIGXFSZ (`ulimit -f`) are ignored: the failing write reports an error instead.
class Signals {
  public:
    Signals() {
        std::signal(SIGPIPE, SIG_IGN);
        std::signal(SIGXFSZ, SIG_IGN);
        end_.async_wait([this](const boost::system::error_code&, int) { hangup_.cancel(); });
    }

    /// Acts as if a SIGTERM came. Any thread.
    void end() {
        boost::asio::post(context_, [this] { end_.cancel(); });
    }

    /// Blocks until the process should end; calls `on_reload` on this thread at each SIGHUP.
    void wait_for_end(std::function<void()> on_reload) {
        on_reload_ = std::move(on_reload);
        await_hangup();
        context_.run();
    }

  private:
    void await_hangup() {
        hangup_.async_wait([this](const boost::system::error_code& error, int) {
            if (error) return;
            on_reload_();
            await_hangup();
        });
    }

    std::function<void()> on_reload_;
    boost::asio::io_context context_;
    boost::asio::signal_set end_{context_, SIGTERM, SIGINT};
    boost::asio::signal_set hangup_{context_, SIGHUP};
};

}  // namespace rotacast::app
