#include "http/cors.hpp"

#include "http/field_value.hpp"

#include <algorithm>
#include <string>

namespace rotacast::http {
namespace {

/// Whether a list of header names can be sent back: nothing in it could end the header.
bool is_list_of_names(std::string_view text) {
    return text.size() <= asked_headers_bytes_max && std::ranges::all_of(text, [](char c) {
               return is_token_character(c) || c == ',' || c == ' ' || c == '\t';
           });
}

bool is_preflight(const Request& request) {
    return request.method() == verb::options &&
           request.count(field::access_control_request_method) > 0;
}

// Whatever headers a listed page's libraries add: which ones our routes read is no secret, and the
// others do nothing. `*` would not do, because it does not count with credentials.
void answer_preflight(Response& response, const Request& request) {
    const auto allow = response.find(field::allow);
    if (allow == response.end()) return;  // no such route
    response.set(field::access_control_allow_methods, allow->value());
    response.set(field::access_control_max_age, std::to_string(preflight_max_age_s));
    const std::string_view asked = request[field::access_control_request_headers];
    if (!asked.empty() && is_list_of_names(asked))
        response.set(field::access_control_allow_headers, asked);
    // A hospital's server has a private address, and whoever listed the page's origin meant it.
    // https://wicg.github.io/private-network-access/
    if (request["Access-Control-Request-Private-Network"] == "true")
        response.set("Access-Control-Allow-Private-Network", "true");
}

/// A script can read these anyway, or never (Fetch standard §2.2.2), or they concern the
/// connection.
bool needs_no_exposure(field name) {
    switch (name) {
        case field::cache_control:
        case field::content_encoding:
        case field::content_language:
        case field::content_length:
        case field::content_type:
        case field::expires:
        case field::last_modified:
        case field::pragma:
        case field::set_cookie:
        case field::connection:
        case field::keep_alive:
        case field::transfer_encoding:
        case field::upgrade:
        case field::vary: return true;
        default: return false;
    }
}

/// The names of the response's own fields, so that a new one needs no entry anywhere.
std::string exposed_names(const Response& response) {
    std::string names = "X-Request-ID";
    for (const auto& line : response) {
        if (needs_no_exposure(line.name())) continue;
        names += ", ";
        names += line.name_string();
    }
    return names;
}

}  // namespace

void add_cors_headers(Response& response, const Request& request, const AllowedOrigins& allowed) {
    // Browsers do not apply CORS to WebSockets; their server looks at Origin itself.
    if (allowed.empty() || response.result() == status::switching_protocols) return;
    if (allowed.contains(request[field::origin])) {
        if (is_preflight(request))
            answer_preflight(response, request);
        else
            response.set(field::access_control_expose_headers, exposed_names(response));
        response.set(field::access_control_allow_origin, request[field::origin]);
        response.set(field::access_control_allow_credentials, "true");
    }
    response.insert(field::vary, "Origin");
}

}  // namespace rotacast::http
