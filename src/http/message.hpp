#pragma once

// Requests and responses, and what every response of this server carries.

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "http/body_framing.hpp"

namespace rotacast::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using beast::http::field;
using beast::http::status;
using beast::http::verb;

using Request = beast::http::request<beast::http::string_body>;

/// `error` is set if it is an error document, whose form is chosen when it is sent (http/problem).
// NOLINTNEXTLINE(bugprone-exception-escape): Beast's assignment is noexcept, whatever it calls.
struct Response : beast::http::response<beast::http::string_body> {
    using message::message;

    std::optional<Error> error = std::nullopt;
};

Response content_response(http::status status, std::string_view content_type, std::string body);

/// `body` is a JSON document.
Response json_response(http::status status, std::string body);

/// An error document. The status belongs to the error's code (base/error). A 401 has
/// WWW-Authenticate; 429 and 503 have `retry_after` in Retry-After.
Response error_response(const Error& error,
                        std::chrono::seconds retry_after = std::chrono::seconds{1});

/// 413: the body is larger than `bytes_max`.
Response body_too_large(std::uint64_t bytes_max);

/// For refusals by HTTP itself, whose status (408, 426, 431) has no error code of its own.
Response refusal(http::status status, std::string message);

/// Sets what every response carries: protocol version, Date, Server, X-Request-ID, Content-Length,
/// Connection, and security headers that keep browsers from guessing. Fields already set are kept,
/// so that a page may be cached or framed on purpose.
void complete_response(Response& response,
                       unsigned version,
                       bool keep_alive,
                       std::string_view request_id);

/// Says how the end of a body will be marked whose length is not known. After complete_response().
void delimit(Response& response, BodyFraming framing);

/// The bytes on the wire; without the body for a response to HEAD.
std::string serialize(Response& response, bool head_only);

/// All lines of a header, joined.
std::string joined_lines(const beast::http::fields& headers,
                         field name,
                         std::string_view separator);
std::string joined_lines(const beast::http::fields& headers,
                         std::string_view name,
                         std::string_view separator);

/// The media type in Content-Type, without its parameters. A view into the request.
std::string_view media_type_of(const Request& request);

/// Whether a proxy has passed the request on and says so: Via, Forwarded or X-Forwarded-*. Anybody
/// can write these, so it may decide nothing but when bytes are sent.
bool came_through_proxy(const Request& request);

/// The client's X-Request-ID if it is harmless (at most 128 of A-Z a-z 0-9 . _ -). A view into the
/// request.
std::optional<std::string_view> sent_request_id(const Request& request);

/// The same, otherwise a new one.
std::string request_id(const Request& request);

}  // namespace rotacast::http
