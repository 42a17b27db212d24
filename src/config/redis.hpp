#pragma once

// `[redis]`: many nodes with one journal.

#include "base/error.hpp"
#include "config/section.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::config {

/// The channels of the original that can be bridged (wire specification §4.6).
inline constexpr std::array<std::string_view, 6> bridged_channels{"graphql:schedule:updates",
                                                                  "graphql:assignment:updates",
                                                                  "graphql:swap:requests",
                                                                  "graphql:swap:approvals",
                                                                  "graphql:conflict:alerts",
                                                                  "graphql:resilience:alerts"};

struct Redis {
    std::string url;
    std::string password_file;
    std::string sentinel_password_file;
    std::string ca_file;
    std::string prefix = "rotacast";
    std::int64_t connect_timeout_s = 5;
    std::int64_t answer_timeout_s = 5;
    std::int64_t idle_ping_s = 2;
    std::size_t answer_bytes_max = 64 * 1'048'576;
    std::int64_t settle_ms = 1'000;
    std::string bridge = "off";
    std::vector<std::string> bridge_channels;
    std::string bridge_channel_prefix;
};
DESCRIBE(
    Redis,
    "Many nodes with one journal, which Redis orders.",
    (url,
     "redis://[USER:PASSWORD@]HOST:PORT/DATABASE, rediss:// for TLS, or "
     "redis+sentinel://HOST:PORT,HOST:PORT/NAME; empty: this node is alone."),
    (password_file,
     "File with the password of Redis; keeps it out of the URL, which others can see."),
    (sentinel_password_file, "File with the password of the sentinels, if they want one."),
    (ca_file,
     "With rediss://: PEM file with the authorities to trust instead of the system's, or with the "
     "server's own certificate."),
    (prefix, "Begin of all keys; nodes with the same prefix and database are one cluster."),
    (connect_timeout_s,
     "How long a connection may take until Redis has accepted the password.",
     between(1, 60)),
    (answer_timeout_s,
     "A connection that has not answered for this long is replaced.",
     between(1, 600)),
    (idle_ping_s,
     "A connection that is silent for this long is tested with PING.",
     between(1, 600)),
    (answer_bytes_max, "Largest answer of Redis.", between(mib, 512 * mib)),
    (settle_ms,
     "After Redis has lost entries, how long nodes wait for one that does not return before they go "
     "on in a new epoch.",
     between(100, 60'000)),
    (bridge,
     "Whether what the original's programs publish on its channels is taken in, and what is "
     "published here is sent out on them.",
     one_of("off|in|out|both")),
    (bridge_channels, "Only these of its channels, such as graphql:swap:requests; empty: all."),
    (bridge_channel_prefix,
     "Begin of the channels' names in Redis, for several programmes on one Redis; the original's "
     "own names have none."))

/// What is wrong with the settings together, or with the prefix; nullopt if nothing is. Does not
/// look at the URL (redis/target).
std::optional<Error> check(const Redis& redis);

/// The first line's content of a file with a password, without its line end. Errors:
/// `config_invalid` if it cannot be read or is empty; `setting` is the name of the setting that
/// names it.
Result<std::string> read_password(const std::string& file, const std::string& setting);

}  // namespace rotacast::config
