#pragma once

// What signals mean to a serving process.

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>

namespace rotacast::app {

/// SIGTERM and SIGINT are the wish that the process should end; they count from construction on, so
/// make it before anybody is told that the server is ready. A broken pipe and a file that may not
/// grow (`ulimit -f`) are no reason to die: whoever writes gets an error and deals with it.
class EndSignal {
  public:
    EndSignal() {
        std::signal(SIGPIPE, SIG_IGN);
        std::signal(SIGXFSZ, SIG_IGN);
        signals_.async_wait([](const boost::system::error_code&, int) {});
    }

    /// Blocks until one came.
    void wait() { context_.run(); }

  private:
    boost::asio::io_context context_;
    boost::asio::signal_set signals_{context_, SIGTERM, SIGINT};
};

}  // namespace rotacast::app
