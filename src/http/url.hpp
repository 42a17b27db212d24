#pragma once

// Parses the URLs of other servers.

#include <optional>
#include <string>
#include <string_view>

namespace rotacast::http {

struct Url {
    bool secure = false;
    std::string host;  ///< a name or an address, without brackets
    std::string port;
    std::string target;         ///< path and query
    std::string authorization;  ///< from the URL's user and password; never logged
    std::string shown;          ///< the URL without user, password, query and fragment, for display
};

/// The advice for people whose URL is invalid.
inline constexpr std::string_view url_form = "must be http://HOST/PATH or https://HOST/PATH";

/// nullopt unless `url` is an absolute http or https URL with a host.
std::optional<Url> parse_url(std::string_view url);

}  // namespace rotacast::http
