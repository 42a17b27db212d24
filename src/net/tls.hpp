#pragma once

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>

#include "base/error.hpp"

namespace rotacast::net {

/// A server's TLS context: TLS 1.2 and later, no renegotiation, no compression. `certificate_file`
/// has the PEM chain, with the server's own certificate first; `key_file` its PEM private key.
/// Errors: `config_invalid`, naming the file but none of its content. May be shared by all loops.
Result<std::shared_ptr<boost::asio::ssl::context>> make_tls_context(
    const std::string& certificate_file, const std::string& key_file);

}  // namespace rotacast::net
