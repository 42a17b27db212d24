#pragma once

// Error documents in the form that the client asked for. A route answers with error_response() and
// need not know of this.

#include "http/message.hpp"

#include <string>
#include <string_view>

namespace rotacast::http {

inline constexpr std::string_view problem_type = "application/problem+json";

/// A problem details object (RFC 9457 §3.1) with our members `code`, `name` and `path`. `type` is
/// `urn:rotacast:error:NAME`: it identifies the error and leads nowhere. `detail` is what
/// `message` is in our own form. `instance` is a URI reference that identifies this occurrence.
std::string problem_json(const Error& error, unsigned status, std::string_view instance);

/// Gives the response this form if it is an error document and the request's Accept names
/// application/problem+json, and does not want application/json more. A wildcard does not name it,
/// so that nobody gets it by accident. `path`: of the request. Call before complete_response().
void present_error(Response& response,
                   const beast::http::fields& request,
                   std::string_view path,
                   std::string_view request_id);

}  // namespace rotacast::http
