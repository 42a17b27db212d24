#pragma once

// What signals mean to a serving process.

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <functional>
#include <utility>

namespace rotacast::app {

/// SIGTERM and SIGINT are the wish that the process should end, SIGHUP that it should read its
/// configuration again; they count from construction on, so make it before anybody is told that
/// the server is ready. A broken pipe and a file that may not grow (`ulimit -f`) are no reason to
/// die: whoever writes gets an error and deals with it.
class Signals {
  public:
    Signals() {
        std::signal(SIGPIPE, SIG_IGN);
        std::signal(SIGXFSZ, SIG_IGN);
        end_.async_wait([this](const boost::system::error_code&, int) { hangup_.cancel(); });
    }

    /// As if a SIGTERM came. Any thread.
    void end() {
        boost::asio::post(context_, [this] { end_.cancel(); });
    }

    /// Blocks until the process should end; runs `on_reload` on this thread at each SIGHUP.
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
