#pragma once

// Looks at the certificate's files from time to time, on a thread that may block.

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <chrono>
#include <memory>

#include "net/certificates.hpp"

namespace rotacast::net {

/// Must be stopped, and the pool joined, before it is destroyed.
class CertificateWatcher {
  public:
    /// Two calls of stat(2); so a renewal is served within seconds, on every file system. inotify
    /// would have to follow each link and each directory of both paths.
    static constexpr std::chrono::seconds interval{2};

    CertificateWatcher(boost::asio::thread_pool& workers,
                       std::shared_ptr<Certificates> certificates);

    void start();
    void stop() { stopped_ = true; }

    /// For SIGHUP: serves these files soon. Any thread.
    void reload(TlsFiles files);

  private:
    void arm();

    std::shared_ptr<Certificates> certificates_;  // used on the strand
    boost::asio::strand<boost::asio::thread_pool::executor_type> strand_;
    boost::asio::steady_timer timer_;
    std::atomic<bool> stopped_{false};
};

}  // namespace rotacast::net
