#pragma once

// Parses the URL of a Redis server, or of the sentinels that know one.

#include "base/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::redis {

struct Address {
    std::string host;  ///< a name or an address, without brackets
    std::uint16_t port = 6379;

    bool operator==(const Address&) const = default;
};

/// `redis.example:6379`, `[::1]:6379`
std::string to_string(const Address& address);

/// For AUTH. Never logged.
struct Credentials {
    std::string user;  ///< empty: the default user
    std::string password;

    bool empty() const { return user.empty() && password.empty(); }
    bool operator==(const Credentials&) const = default;
};

struct Url {
    bool tls = false;
    std::vector<Address> addresses;  ///< the server, or the sentinels in the order they are asked
    std::string primary_name;        ///< as the sentinels call it; empty: there are no sentinels
    Credentials credentials;         ///< of the server
    unsigned database = 0;
    std::string shown;  ///< the URL without user and password, for people
};

inline constexpr std::size_t sentinels_max = 16;

/// Accepts
///
///     redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]
///     redis+sentinel://[USER:PASSWORD@]HOST[:PORT],HOST[:PORT]…/NAME[/DATABASE]
///
/// and both with `rediss` instead of `redis`, for TLS. User and password are percent-encoded, and
/// either may be missing; an IPv6 address stands in brackets. Ports default to 6379 and, of
/// sentinels, 26379. Errors: `config_invalid`, saying what is wrong without repeating any of it.
Result<Url> parse_url(std::string_view text);

}  // namespace rotacast::redis
