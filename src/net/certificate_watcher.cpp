#include "net/certificate_watcher.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace rotacast::net {

CertificateWatcher::CertificateWatcher(boost::asio::thread_pool& workers,
                                       std::shared_ptr<Certificates> certificates)
    : certificates_(std::move(certificates)),
      strand_(boost::asio::make_strand(workers)),
      timer_(strand_) {}

void CertificateWatcher::start() {
    boost::asio::post(strand_, [this] { arm(); });
}

void CertificateWatcher::reload(TlsFiles files) {
    boost::asio::post(strand_, [this, files = std::move(files)]() mutable {
        if (!stopped_) certificates_->reload(std::move(files), now());
    });
}

void CertificateWatcher::arm() {
    timer_.expires_after(interval);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (error || stopped_) return;
        certificates_->look(now());
        arm();
    });
}

}  // namespace rotacast::net
