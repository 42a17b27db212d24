#include "redis/url.hpp"

#include <boost/url/authority_view.hpp>
#include <boost/url/decode_view.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/pct_string_view.hpp>

#include <charconv>
#include <optional>

namespace rotacast::redis {
namespace {

constexpr std::uint16_t server_port = 6379;
constexpr std::uint16_t sentinel_port = 26379;
constexpr unsigned database_max = 1'000'000;

Error no_url(std::string what) {
    return {ErrorCode::config_invalid, "redis.url " + std::move(what), "redis.url"};
}

constexpr std::string_view url_form =
    "must be redis://[USER:PASSWORD@]HOST:PORT[/DATABASE], rediss://… for TLS, or "
    "redis+sentinel://HOST:PORT,HOST:PORT/NAME[/DATABASE]";

/// What is between `from` and the first of `ends`; `from` is then behind that.
std::string_view take_until(std::string_view& from, char end) {
    const auto at = from.find(end);
    const auto taken = from.substr(0, at);
    from.remove_prefix(at == from.npos ? from.size() : at + 1);
    return taken;
}

std::optional<Error> read_scheme(std::string_view scheme, Url& url, bool& by_sentinels) {
    url.tls = scheme.starts_with("rediss");
    by_sentinels = scheme.ends_with("+sentinel");
    if (scheme == "redis" || scheme == "rediss" || scheme == "redis+sentinel" ||
        scheme == "rediss+sentinel")
        return std::nullopt;
    return no_url(std::string(url_form));
}

std::optional<Error> read_credentials(std::string_view encoded, Url& url) {
    const std::string authority = std::string(encoded) + "@host";
    const auto parsed = boost::urls::parse_authority({authority.data(), authority.size()});
    if (!parsed || parsed->encoded_host() != "host")
        return no_url(
            "has a user or a password with a character that must be percent-encoded, such as %40 "
            "for @, %2F for /, %23 for # and %25 for %; or put the password into a file and name "
            "it "
            "with redis.password_file");
    url.credentials = {parsed->user(), parsed->password()};
    return std::nullopt;
}

std::optional<Error> read_address(std::string_view text, std::uint16_t default_port, Url& url) {
    const auto parsed = boost::urls::parse_authority({text.data(), text.size()});
    const auto which = "host " + std::to_string(url.addresses.size() + 1) + " of redis.url ";
    const auto wrong = [&](const std::string& what) {
        return Error{ErrorCode::config_invalid, which + what, "redis.url"};
    };
    if (!parsed || parsed->has_userinfo() || parsed->encoded_host().empty())
        return wrong("must be HOST or HOST:PORT, an IPv6 address in brackets: [::1]:6379");
    auto port = default_port;
    if (const std::string digits(parsed->port()); !digits.empty()) {
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), port);
        if (error != std::errc{} || port == 0) return wrong("has a port that is not 1 to 65535");
    }
    url.addresses.push_back({parsed->host_address(), port});
    return std::nullopt;
}

std::optional<Error> read_addresses(std::string_view hosts, bool by_sentinels, Url& url) {
    const auto default_port = by_sentinels ? sentinel_port : server_port;
    if (!by_sentinels && hosts.find(',') != hosts.npos)
        return no_url("names several hosts; if they are sentinels, write redis+sentinel://");
    if (hosts.ends_with(',')) return no_url("has a comma behind its last host");
    do {
        if (url.addresses.size() == sentinels_max)
            return no_url("names more than " + std::to_string(sentinels_max) + " sentinels");
        if (auto wrong = read_address(take_until(hosts, ','), default_port, url)) return wrong;
    } while (!hosts.empty());
    return std::nullopt;
}

std::optional<Error> read_database(std::string_view text, Url& url) {
    if (text.empty()) return std::nullopt;
    const auto* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, url.database);
    if (error != std::errc{} || stop != end || url.database > database_max)
        return no_url("must end with the number of a database, such as /0, or with the port");
    return std::nullopt;
}

std::optional<Error> read_name(std::string_view text, Url& url) {
    const auto decoded = boost::urls::make_pct_string_view({text.data(), text.size()});
    if (text.empty() || !decoded)
        return no_url(
            "must name the primary as the sentinels call it, behind the hosts: "
            "redis+sentinel://HOST:PORT/NAME");
    url.primary_name = decoded->decode();
    return std::nullopt;
}

std::string shown_form(const Url& url, std::string_view scheme) {
    std::string out = std::string(scheme) + "://";
    for (const auto& address : url.addresses)
        out += (&address == &url.addresses.front() ? "" : ",") + to_string(address);
    if (!url.primary_name.empty()) out += '/' + url.primary_name;
    return out + '/' + std::to_string(url.database);
}

}  // namespace

std::string to_string(const Address& address) {
    const bool is_v6 = address.host.find(':') != std::string::npos;
    return (is_v6 ? '[' + address.host + ']' : address.host) + ':' + std::to_string(address.port);
}

Result<Url> parse_url(std::string_view text) {
    const auto colon = text.find("://");
    if (colon == text.npos) return no_url(std::string(url_form));
    const auto scheme = text.substr(0, colon);
    Url url;
    bool by_sentinels = false;
    if (auto wrong = read_scheme(scheme, url, by_sentinels)) return *wrong;

    auto rest = text.substr(colon + 3);
    auto authority = take_until(rest, '/');
    if (rest.find('@') != rest.npos)  // a password with a slash
        if (auto wrong = read_credentials("/", url)) return *wrong;
    if (text.find_first_of("?#") != text.npos)
        return no_url("takes nothing behind ? or #; in a password they are %3F and %23");
    if (const auto at = authority.rfind('@'); at != authority.npos) {
        if (auto wrong = read_credentials(authority.substr(0, at), url)) return *wrong;
        authority.remove_prefix(at + 1);
    }
    if (auto wrong = read_addresses(authority, by_sentinels, url)) return *wrong;
    if (by_sentinels)
        if (auto wrong = read_name(take_until(rest, '/'), url)) return *wrong;
    if (rest.ends_with('/')) rest.remove_suffix(1);
    if (auto wrong = read_database(rest, url)) return *wrong;
    url.shown = shown_form(url, scheme);
    return url;
}

}  // namespace rotacast::redis
