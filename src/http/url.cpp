#include "http/url.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <openssl/evp.h>

#include <cstddef>

namespace rotacast::http {
namespace {

constexpr std::size_t host_bytes_max = 261;  // a name of RFC 1035 §2.3.4, and a port

/// RFC 7617.
std::string basic_authorization(const std::string& user_and_password) {
    std::string coded(4 * ((user_and_password.size() + 2) / 3) + 1, '\0');
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(coded.data()),
                        reinterpret_cast<const unsigned char*>(user_and_password.data()),
                        static_cast<int>(user_and_password.size()));
    coded.resize(static_cast<std::size_t>(size));
    return "Basic " + coded;
}

}  // namespace

std::optional<Url> parse_url(std::string_view url) {
    const auto parsed = boost::urls::parse_uri({url.data(), url.size()});
    if (!parsed || parsed->host().empty()) return std::nullopt;
    const auto scheme = parsed->scheme_id();
    if (scheme != boost::urls::scheme::http && scheme != boost::urls::scheme::https)
        return std::nullopt;
    Url result;
    result.secure = scheme == boost::urls::scheme::https;
    result.host = parsed->host_address();
    const std::string default_port = result.secure ? "443" : "80";
    result.port = parsed->port().empty() ? default_port : std::string(parsed->port());
    result.target = std::string(parsed->encoded_target());
    if (!result.target.starts_with('/')) result.target.insert(0, 1, '/');
    if (parsed->has_userinfo()) result.authorization = basic_authorization(parsed->userinfo());
    result.shown = std::string(parsed->scheme()) + "://" +
                   std::string(parsed->encoded_host_and_port()) +
                   std::string(parsed->encoded_path());
    return result;
}

bool is_host(std::string_view text) {
    if (text.size() > host_bytes_max) return false;
    const auto parsed = boost::urls::parse_authority({text.data(), text.size()});
    return parsed && !parsed->has_userinfo() && !parsed->encoded_host().empty();
}

}  // namespace rotacast::http
