#pragma once

// Which server a connection has reached, from its INFO.

#include "redis/refusal.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rotacast::redis {

struct ServerIdentity {
    std::string run_id;          ///< of the process: another one after each start
    std::string version;         ///< `7.0.15`
    std::string mode;            ///< `standalone`, `cluster`, `sentinel`
    std::string role;            ///< `master`, `slave`; empty for a sentinel
    std::string replication_id;  ///< changes when a replica is promoted
    bool cluster_enabled = false;

    bool operator==(const ServerIdentity&) const = default;
};

/// Another text after a restart of the process, and after a failover to it.
std::string to_string(const ServerIdentity& server);

/// What a connection is for.
enum class Expected : std::uint8_t { primary, sentinel };

/// The value of a line `key:value` in the text of INFO; empty if there is none. Valid as long as
/// `info`.
std::string_view info_value(std::string_view info, std::string_view key);

/// From the text of INFO without arguments. nullopt if that is not Redis' INFO.
std::optional<ServerIdentity> identity_of(std::string_view info);

/// Why such a server cannot be used: too old, a node of a cluster, a replica, or a sentinel where a
/// server is expected or the other way round.
std::optional<Refusal> refusal_of(const ServerIdentity& server, Expected expected);

}  // namespace rotacast::redis
