#pragma once

// Cross-origin resource sharing (Fetch standard §3.2): what a browser must be told so that a page
// of another origin may send a request and read the response. Pure.

#include "http/message.hpp"
#include "http/page_origin.hpp"

namespace rotacast::http {

/// How long a browser may keep the answer to a preflight. Chromium keeps none longer. A route or a
/// method that is new is asked for all the same.
inline constexpr int preflight_max_age_s = 7'200;

/// Longer lists of header names are not allowed; real ones have a tenth of it.
inline constexpr std::size_t asked_headers_bytes_max = 2'048;

/// Adds the CORS headers to any response, also to a refusal: a page must be able to read why it was
/// refused. Call it before complete_response(), when the response has only the fields of its own.
///
/// - Without allowed origins the response stays as it is. With them every response has
///   `Vary: Origin`.
/// - Pages of the server itself and of foreign origins get no other header.
/// - A preflight is answered from the response's own `Allow`, so each route and method that the
///   router knows is covered, and nothing else. It needs no credentials and opens nothing.
void add_cors_headers(Response& response, const Request& request, const AllowedOrigins& allowed);

}  // namespace rotacast::http
