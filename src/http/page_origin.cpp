#include "http/page_origin.hpp"

#include <boost/beast/core/string.hpp>

#include "base/web_origin.hpp"

#include <algorithm>

namespace rotacast::http {
namespace {

/// The scheme is compared only over TLS: in plain HTTP, TLS may have ended at a proxy.
bool is_of_host(std::string_view origin, std::string_view host, bool secure) {
    const auto scheme_end = origin.find("://");
    if (scheme_end == std::string_view::npos || host.empty()) return false;
    const auto scheme = origin.substr(0, scheme_end);
    if (secure && scheme != "https") return false;
    const auto port = default_port_of(scheme);
    if (!port.empty() && host.ends_with(port)) host.remove_suffix(port.size());
    return beast::iequals(origin.substr(scheme_end + 3), host);
}

}  // namespace

AllowedOrigins::AllowedOrigins(const std::vector<std::string>& origins) {
    for (const auto& origin : origins)
        if (auto serialized = serialized_origin(origin)) origins_.push_back(std::move(*serialized));
    std::ranges::sort(origins_);
}

bool AllowedOrigins::contains(std::string_view origin) const {
    return std::ranges::binary_search(origins_, origin);
}

Page page_of(const Request& request,
             std::string_view host,
             bool secure,
             const AllowedOrigins& allowed) {
    const bool has_origin = request.count(field::origin) > 0;
    const std::string_view origin = request[field::origin];
    const std::string_view site = request["Sec-Fetch-Site"];
    if (has_origin && allowed.contains(origin)) return Page::allowed;
    // `none`: the user, not a page, e.g. by a bookmark.
    const bool from_here = site == "same-origin" || site == "none";
    if (!has_origin) return site.empty() || from_here ? Page::none : Page::foreign;
    const bool own = site.empty() ? is_of_host(origin, host, secure) : from_here;
    return own ? Page::own : Page::foreign;
}

}  // namespace rotacast::http
