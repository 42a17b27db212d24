#pragma once

// Requests to other servers over HTTP/1.1, with or without TLS. Certificates are verified against
// the system's store (SSL_CERT_FILE names another). No redirects, no proxies.

#include "http/message.hpp"
#include "http/url.hpp"
#include "net/client_tls.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/verb.hpp>
#include <boost/system/result.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rotacast::http {

struct ClientRequest {
    Url url;
    http::verb method = http::verb::get;
    /// In addition to Host, User-Agent, Connection, Content-Length and Authorization. Must not
    /// contain line ends.
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::string body = {};
    /// Of this request; 0: the client's (ClientOptions::patience).
    std::chrono::milliseconds patience{0};
};

struct ClientResponse {
    unsigned status = 0;
    beast::http::fields headers;
    std::string body;
};

enum class FailureKind {
    timeout,
    cancelled,
    name_unresolved,
    address_refused,  ///< by ClientOptions::allows
    connect_refused,
    unreachable,
    tls,  ///< the handshake failed, or the certificate is not trusted
    connection_broken,
    bad_answer,  ///< not HTTP
    answer_too_large,
};

/// The enumerator's name: short and stable, for statistics and tables.
std::string_view to_string(FailureKind kind);

/// Why there is no response. The message contains no part of the address.
struct Failure {
    FailureKind kind;
    std::string message;
    net::TlsTrouble trouble = net::TlsTrouble::none;  ///< of FailureKind::tls
};
using ClientResult = boost::system::result<ClientResponse, Failure>;
[[noreturn]] void throw_exception_from_error(const Failure&, const boost::source_location&);

struct ClientOptions {
    std::size_t head_bytes_max = 16 * 1024;
    std::size_t body_bytes_max = 256 * 1024;
    /// False: send() returns after the response's head, and does not wait for its body.
    bool wants_body = true;
    /// True: keeps the connection for the next request to the same server, unless the server closes
    /// it. A body that nobody wanted must be short and have arrived by then. If the server closes a
    /// kept connection during a request, the request is sent again on a new one, so it must be safe
    /// to send twice.
    bool keeps_connection = false;
    /// For the whole request, from name resolution to the last byte.
    std::chrono::milliseconds patience{5'000};
    /// Called for every address of the host's name before connecting to any; if it refuses one, the
    /// request fails. The name is resolved only once, so changing it later has no effect. Empty:
    /// allows all addresses.
    std::function<bool(const boost::asio::ip::address&)> allows = {};
    /// From make_client_tls() (net/client_tls), to be shared by many clients; otherwise each
    /// client reads the certificates.
    std::shared_ptr<boost::asio::ssl::context> tls = {};
};

/// Only one thread at a time may call send(); any thread may call cancel(). At most one connection.
class Client {
  public:
    explicit Client(ClientOptions options);
    ~Client();

    /// Blocks until the response was received or a limit was reached.
    ClientResult send(ClientRequest request);

    /// Ends a running send() at once and makes every later one fail. The destructor may still wait
    /// for a name server that the system's resolver is querying.
    void cancel();

    /// Whether it has kept a connection, which the server may have closed or not be finished with.
    bool keeps_connection() const { return kept_ != nullptr; }

    /// Whether the next request to this server can use the kept connection, unless the server
    /// closes it. Reads what has arrived meanwhile of an unwanted body; never blocks. Not while
    /// send() runs.
    bool is_connected_to(const Url& url) const;

    /// The state of one connection; not for users.
    struct Connection;

  private:
    ClientOptions options_;
    boost::asio::io_context io_{1};
    std::shared_ptr<Connection> kept_;  // nullptr: none
    std::atomic<bool> cancelled_ = false;
};

}  // namespace rotacast::http
