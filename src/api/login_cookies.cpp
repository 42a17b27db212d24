#include "api/login_cookies.hpp"

#include <string>

namespace rotacast::api {
namespace {

/// If TLS ends at a proxy, the page's origin still tells. A page that lies about it gets a cookie
/// that its browser will not send back.
bool came_over_tls(const http::RequestContext& context) {
    return context.secure || context.header(http::field::origin).value_or("").starts_with("https:");
}

struct Cookie {
    std::string name_and_value;
    std::string_view path;
    std::string_view same_site;
    std::chrono::seconds max_age;
};

void add_cookie(http::Response& response,
                const http::RequestContext& context,
                const Cookie& cookie) {
    auto text = cookie.name_and_value + "; HttpOnly; Max-Age=";
    text += std::to_string(cookie.max_age.count());
    text += "; Path=";
    text += cookie.path;
    text += "; SameSite=";
    text += cookie.same_site;
    if (came_over_tls(context)) text += "; Secure";
    response.insert(http::field::set_cookie, text);
}

/// Where refresh and logout are: /api/auth/login/json -> /api/auth.
std::string_view folder_of_logins(std::string_view path) {
    constexpr std::string_view folder = "/auth";
    return path.substr(0, path.find(folder) + folder.size());
}

}  // namespace

bool keeps_cookies(const http::RequestContext& context) {
    return context.header("Sec-Fetch-Site") != "cross-site";
}

// The quotes are the original's: its value contains a space.
void set_access_cookie(http::Response& response,
                       const http::RequestContext& context,
                       std::string_view token,
                       std::chrono::seconds max_age) {
    const auto value = token.empty() ? std::string() : "Bearer " + std::string(token);
    add_cookie(response, context, {"access_token=\"" + value + '"', "/", "lax", max_age});
}

void set_refresh_cookie(http::Response& response,
                        const http::RequestContext& context,
                        std::string_view token,
                        std::chrono::seconds max_age) {
    add_cookie(response,
               context,
               {"refresh_token=" + std::string(token),
                folder_of_logins(context.target.path),
                "strict",
                max_age});
}

}  // namespace rotacast::api
