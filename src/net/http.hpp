#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>

#include <chrono>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace rotacast::net {

namespace http = boost::beast::http;

using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;

Response content_response(http::status status, std::string_view content_type, std::string body);

/// `body` is a JSON document.
Response json_response(http::status status, std::string body);

/// The status belongs to the error's code (base/error). 401 says how to authenticate; 429 and 503
/// say in Retry-After when to come back.
Response error_response(const Error& error,
                        std::chrono::seconds retry_after = std::chrono::seconds{1});

/// For refusals of HTTP itself, whose status (408, 426, 431) has no error code of its own.
Response refusal(http::status status, std::string message);

/// What every response carries: protocol version, Date, Server, X-Request-ID, Content-Length,
/// connection, and headers that keep browsers from guessing. Fields that are set already stay,
/// so that a page may be cached or framed on purpose.
void complete_response(Response& response,
                       unsigned version,
                       bool keep_alive,
                       std::string_view request_id);

/// As it goes over the wire; without the body for an answer to HEAD.
std::string serialize(Response& response, bool head_only);

/// The client's X-Request-ID if it is harmless (at most 128 of A-Z a-z 0-9 . _ -), else a new one.
std::string request_id(const Request& request);

}  // namespace rotacast::net
