#pragma once

// The certificate that new connections get. It is replaced while the server runs: a renewed one is
// found by looking at its files, and a bad one leaves the old one in service (ADR 0051).

#include <boost/asio/ssl/context.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "base/error.hpp"
#include "base/time.hpp"
#include "net/tls.hpp"

namespace rotacast::net {

/// Reminds of the end of a certificate, at most once a day.
class ExpiryReminder {
  public:
    static constexpr std::chrono::hours ahead{14 * 24};
    static constexpr std::chrono::hours pause{24};

    ExpiryReminder(Timestamp not_before, Timestamp expires)
        : not_before_(not_before), expires_(expires) {}

    /// What is to be said now; empty if nothing is.
    std::string due(Timestamp now);

  private:
    Timestamp not_before_;
    Timestamp expires_;
    Timestamp next_{};
};

/// Logs what it serves, why it does not serve what the files have, and when the end is near. One
/// thread at a time, except for context(). Blocks, because it reads files.
class Certificates {
  public:
    /// Loads and logs the first one. It is served even if it has expired, as other servers do: a
    /// client that trusts it anyway is better off. Errors: those of load_certificate().
    static Result<std::shared_ptr<Certificates>> open(TlsFiles files, Timestamp now);

    /// For new connections. A connection keeps the one that it began with. Any thread.
    std::shared_ptr<boost::asio::ssl::context> context() const;

    /// Serves what these files have, or says at once why not.
    void reload(TlsFiles files, Timestamp now);

    /// Serves what the files have if they were replaced. What cannot be served is told when it is
    /// still so at the next look: a renewal replaces two files, one after the other. Then it is
    /// tried at each look, and told only once.
    void look(Timestamp now);

    /// For open() alone.
    Certificates(TlsFiles files, ServerCertificate first);

  private:
    /// Of a file behind all links, so that it tells when a link leads elsewhere: certbot renews by
    /// replacing links, Kubernetes by replacing the link of a directory.
    struct Identity {
        std::uint64_t device = 0;
        std::uint64_t inode = 0;  // 0: there is no file
        std::int64_t size = 0;
        std::int64_t modified_ns = 0;
        std::int64_t changed_ns = 0;  // also when the mode is changed

        bool operator==(const Identity&) const = default;
    };
    using Identities = std::array<Identity, 2>;

    static Identity identity_of(const std::string& file);
    Identities identities() const;
    Result<void> try_files(Timestamp now);
    void serve(ServerCertificate next);
    void tell_refused(const std::string& reason);
    void remind(Timestamp now);

    TlsFiles files_;
    Identities served_;
    std::string refused_;  // the reason of the last attempt; empty: it succeeded
    std::string told_;     // the last reason that was logged
    ServerCertificate current_;
    ExpiryReminder reminder_;
    mutable std::mutex mutex_;  // of current_.context
};

}  // namespace rotacast::net
