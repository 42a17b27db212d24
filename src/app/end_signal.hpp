#pragma once

// The wish that the process should end: SIGTERM or SIGINT.

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>

namespace rotacast::app {

/// Catches from its construction on, so make it before anybody is told that the server is ready.
class EndSignal {
  public:
    EndSignal() {
        signals_.async_wait([](const boost::system::error_code&, int) {});
    }

    /// Blocks until one came.
    void wait() { context_.run(); }

  private:
    boost::asio::io_context context_;
    boost::asio::signal_set signals_{context_, SIGTERM, SIGINT};
};

}  // namespace rotacast::app
