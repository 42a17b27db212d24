#pragma once

// What a handler knows of its request, and how it reads the body.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/http.hpp"
#include "http/message.hpp"
#include "net/loops.hpp"

namespace rotacast::http {

/// A request's target, parsed (RFC 9112 §3.2: origin or absolute form).
struct Target {
    std::string path;  // as sent, percent-encoded, without a trailing slash (but "/" stays)
    std::vector<std::pair<std::string, std::string>> query;  // decoded, in order

    /// nullopt if it is malformed.
    static std::optional<Target> parse(std::string_view text);
};

/// Reads the body of a request whose head was received.
class BodySource {
  public:
    /// Reads into `request`. Returns a refusal if the body is larger than `bytes_max` or the
    /// server's bound (413), did not arrive in time (408), or is invalid HTTP (400).
    virtual asio::awaitable<std::optional<Response>> read_body(Request& request,
                                                               std::uint64_t bytes_max) = 0;

  protected:
    ~BodySource() = default;
};

/// A request that is being handled. Valid until the handler's coroutine has returned its response.
///
/// The handler runs as soon as the head was received: it can authenticate the sender first and then
/// read the body with read_body(). A response without reading the body ends the connection.
struct RequestContext {
    net::Loop& loop;                    // where the handler runs
    Request request;                    // its body is empty before read_body()
    BodySource* body_source = nullptr;  // nullptr: nothing is left to read
    std::uint64_t body_bytes_max = config::Http{}.max_body_bytes;  // the server's bound
    Target target;
    // Of the client; if it came through trusted proxies, as these say (http/identify_sender).
    asio::ip::address remote_address;
    bool secure = false;              // it came over TLS
    std::string forwarded_host = {};  // what it asked for, if a trusted proxy says so
    std::string request_id;
    /// The value of the route pattern's `{name}`, decoded; empty if there is none.
    std::string path_parameter;

    /// The first value of that name in the query.
    std::optional<std::string_view> query(std::string_view name) const;
    std::optional<std::string_view> header(std::string_view name) const;
    std::optional<std::string_view> header(http::field field) const;
    /// What the client asked for: name or address, and the port unless it is the default one.
    std::string_view host() const;
    /// All lines of a header, joined.
    std::string joined_header(http::field field, std::string_view separator) const;
    std::string joined_header(std::string_view name, std::string_view separator) const;

    /// Reads the body into `request`, unless that was done already; sends `100 Continue` first if
    /// the client waits for it. A body in gzip is inflated within the same bounds (see
    /// content_encoding.hpp). If it returns a response, return that from the handler (see
    /// BodySource); it may also be that the encoding is not supported (415) or wrong (400).
    asio::awaitable<std::optional<Response>> read_body(
        std::uint64_t bytes_max = std::numeric_limits<std::uint64_t>::max());
};

}  // namespace rotacast::http
