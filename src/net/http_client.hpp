#pragma once

// Requests to other servers over HTTP/1.1, with or without TLS. Certificates are verified against
// the system's store (SSL_CERT_FILE names another). No redirects, no proxies.

#include "net/http_url.hpp"

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

namespace rotacast::net {

struct HttpRequest {
    HttpUrl url;
    boost::beast::http::verb method = boost::beast::http::verb::get;
    /// Beside Host, User-Agent, Connection, Content-Length and Authorization. No line ends in them.
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::string body = {};
    /// Instead of the client's, when it is not 0.
    std::chrono::milliseconds patience{0};
};

struct HttpResponse {
    unsigned status = 0;
    boost::beast::http::fields headers;
    std::string body;
};

enum class HttpFailureKind {
    timeout,
    cancelled,
    name_unresolved,
    address_refused,  ///< by HttpClientOptions::allows
    connect_refused,
    unreachable,
    tls,  ///< no agreement, or a certificate that is not trusted
    connection_broken,
    bad_answer,  ///< no HTTP
    answer_too_large,
};

/// The enumerator's name: short and stable, for statistics and tables.
std::string_view to_string(HttpFailureKind kind);

/// Why there is no response. The message names no part of the address.
struct HttpFailure {
    HttpFailureKind kind;
    std::string message;
};
using HttpResult = boost::system::result<HttpResponse, HttpFailure>;
[[noreturn]] void throw_exception_from_error(const HttpFailure&, const boost::source_location&);

struct HttpClientOptions {
    std::size_t head_bytes_max = 16 * 1024;
    std::size_t body_bytes_max = 256 * 1024;
    /// False: the response is complete with its head, and its body is not waited for.
    bool wants_body = true;
    /// True: the connection of a request is kept for the next one to the same server, unless the
    /// server closes it or more of its answer is to come. A request that meets the server's closing
    /// a kept connection is sent a second time, on a new one: for requests that may arrive twice.
    bool keeps_connection = false;
    /// For all of it, from the name's resolution to the last byte.
    std::chrono::milliseconds patience{5'000};
    /// Asked for every address that the host's name has, before any is connected to; one refusal
    /// refuses them all. The name is resolved once: who changes it later gains nothing. Empty: any.
    std::function<bool(const boost::asio::ip::address&)> allows = {};
    /// From make_client_tls(), to be shared by many clients; else each reads the certificates.
    std::shared_ptr<boost::asio::ssl::context> tls = {};
};

/// TLS 1.2 and later, the system's certificates. nullptr when those cannot be read. Any thread.
std::shared_ptr<boost::asio::ssl::context> make_client_tls();

/// One thread at a time calls send(); any thread may call cancel(). At most one connection.
class HttpClient {
  public:
    explicit HttpClient(HttpClientOptions options);
    ~HttpClient();

    /// Blocks until the response has come, or a limit is reached.
    HttpResult send(HttpRequest request);

    /// Ends a running send() at once and makes every later one fail. Destroying this may still wait
    /// for a name server that the system's resolver is asking.
    void cancel();

    /// Whether the next request to this server will find a connection, if the server agrees. On
    /// the thread of send().
    bool is_connected_to(const HttpUrl& url) const;

    /// What belongs to one connection; not for users.
    struct Connection;

  private:
    HttpClientOptions options_;
    boost::asio::io_context io_{1};
    std::shared_ptr<Connection> kept_;  // null: none
    std::atomic<bool> cancelled_ = false;
};

}  // namespace rotacast::net
