#pragma once

#include <boost/asio/ip/address.hpp>

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

/// A request on its way through a handler. Lives until the handler's coroutine has answered.
struct RequestContext {
    Loop& loop;  // where the handler runs
    Request request;
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
};

}  // namespace rotacast::net
