#pragma once

// A server's certificate with its key, as two PEM files, made ready to serve.

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>

#include "base/error.hpp"
#include "base/time.hpp"

namespace rotacast::net {

struct TlsFiles {
    std::string certificate;  ///< the PEM chain, with the server's own certificate first
    std::string key;          ///< its PEM private key, without a passphrase
};

struct ServerCertificate {
    /// TLS 1.2 and later, no renegotiation, no compression. May be shared by all loops.
    std::shared_ptr<boost::asio::ssl::context> context;
    /// Subject, names and issuer in one line, for people.
    std::string about;
    Timestamp not_before;
    Timestamp expires;
};

/// Reads both files. A certificate that has expired is no error. Errors: `config_invalid`, saying
/// which file cannot be used, why, and what to do, but nothing of a key. Blocks.
Result<ServerCertificate> load_certificate(const TlsFiles& files);

}  // namespace rotacast::net
