#pragma once

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>

#include "base/error.hpp"

namespace rotacast::net {

/// A server's TLS set-up: TLS 1.2 and later, no renegotiation, no compression. `certificate_file`
/// holds the PEM chain, the server's own certificate first; `key_file` its PEM private key. Refused
/// with config_invalid, naming the file but none of its content. May be shared by all loops.
Result<std::shared_ptr<boost::asio::ssl::context>> make_tls_context(
    const std::string& certificate_file, const std::string& key_file);

}  // namespace rotacast::net
