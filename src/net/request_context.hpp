#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/http.hpp"
#include "net/loops.hpp"

namespace rotacast::net {

/// A request's target, taken apart (RFC 9112 §3.2: origin or absolute form).
struct Target {
    std::string path;  // as sent, percent-encoded, without a trailing slash (but "/" stays)
    std::vector<std::pair<std::string, std::string>> query;  // decoded, in order

    /// nullopt when it is malformed.
    static std::optional<Target> parse(std::string_view text);
};

/// Where the body of a request comes from whose head is here.
class BodySource {
  public:
    /// Into `request`. The response is a refusal: the body is larger than `bytes_max` or than the
    /// server takes (413), did not come in time (408), or is no valid HTTP (400).
    virtual asio::awaitable<std::optional<Response>> read_body(Request& request,
                                                               std::uint64_t bytes_max) = 0;

  protected:
    ~BodySource() = default;
};

/// A request on its way through a handler. Lives until the handler's coroutine has answered.
///
/// The handler runs as soon as the head has come: it finds out who asks, and only then reads the
/// body, with read_body(). An answer without having read it ends the connection.
struct RequestContext {
    Loop& loop;                         // where the handler runs
    Request request;                    // its body is empty before read_body()
    BodySource* body_source = nullptr;  // null: nothing is left to read
    Target target;
    asio::ip::address remote_address;
    bool secure = false;  // came over TLS
    std::string request_id;
    /// What stood for the one `{name}` of the route's pattern, decoded; empty without one.
    std::string path_parameter;

    /// First value of that name in the query.
    std::optional<std::string_view> query(std::string_view name) const;
    std::optional<std::string_view> header(std::string_view name) const;
    std::optional<std::string_view> header(http::field field) const;
    /// All lines of a header in one text.
    std::string joined_header(http::field field, std::string_view separator) const;

    /// Reads the body into `request`, if that was not done yet; `100 Continue` is sent now if the
    /// client waits for it. A response is a refusal to answer with (BodySource).
    asio::awaitable<std::optional<Response>> read_body(
        std::uint64_t bytes_max = std::numeric_limits<std::uint64_t>::max());
};

}  // namespace rotacast::net
