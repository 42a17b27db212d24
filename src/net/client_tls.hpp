#pragma once

// TLS of connections that we open: whom they trust, and why a handshake has failed.

#include <boost/asio/ssl/context.hpp>
#include <boost/system/error_code.hpp>
#include <openssl/types.h>

#include <memory>
#include <string>

namespace rotacast::net {

/// What of a failed handshake something can be done about.
enum class TlsTrouble { none, unknown_authority, other_name, expired, not_yet_valid, no_tls };

/// The message is for people and contains no part of the address.
struct TlsFailure {
    std::string message;
    TlsTrouble trouble = TlsTrouble::none;
};

/// TLS 1.2 and later, with the system's certificates. nullptr if these cannot be read. Any thread.
std::shared_ptr<boost::asio::ssl::context> make_client_tls();

/// The same, but trusting only the certificates in this PEM file: authorities, or a server's own.
/// nullptr if it cannot be read or has none.
std::shared_ptr<boost::asio::ssl::context> make_client_tls(const std::string& ca_file);

/// Before the handshake: the certificate must be for this name or address. False if no certificate
/// can be.
bool expect_name(SSL* session, const std::string& host);

/// Why the handshake has failed with this error.
TlsFailure tls_failure(SSL* session, const boost::system::error_code& error);

}  // namespace rotacast::net
