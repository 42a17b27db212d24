#pragma once

// Parses the URLs of other servers, and the header Host.

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

/// Whether `text` is a host and perhaps a port, as in the header Host (RFC 9110 §7.2), and no
/// longer than a host can be.
bool is_host(std::string_view text);

}  // namespace rotacast::http
