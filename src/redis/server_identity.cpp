#include "redis/server_identity.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace rotacast::redis {
namespace {

/// XAUTOCLAIM, and XTRIM with MINID, came with 6.2.
constexpr std::pair<int, int> version_min{6, 2};

std::pair<int, int> major_and_minor(std::string_view version) {
    std::pair<int, int> out{0, 0};
    const auto* end = version.data() + version.size();
    const auto [dot, error] = std::from_chars(version.data(), end, out.first);
    if (error == std::errc{} && dot != end && *dot == '.')
        std::from_chars(dot + 1, end, out.second);
    return out;
}

}  // namespace

std::string_view info_value(std::string_view info, std::string_view key) {
    while (!info.empty()) {
        auto line = info.substr(0, info.find('\n'));
        info.remove_prefix(std::min(line.size() + 1, info.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.size() > key.size() && line.starts_with(key) && line[key.size()] == ':')
            return line.substr(key.size() + 1);
    }
    return {};
}

std::optional<ServerIdentity> identity_of(std::string_view info) {
    ServerIdentity server;
    server.run_id = info_value(info, "run_id");
    server.version = info_value(info, "redis_version");
    server.mode = info_value(info, "redis_mode");
    server.role = info_value(info, "role");
    server.replication_id = info_value(info, "master_replid");
    server.cluster_enabled = info_value(info, "cluster_enabled") == "1" || server.mode == "cluster";
    if (server.run_id.empty() || server.version.empty()) return std::nullopt;
    return server;
}

std::string to_string(const ServerIdentity& server) {
    return server.run_id + '/' + server.replication_id;
}

std::optional<Refusal> refusal_of(const ServerIdentity& server, Expected expected) {
    const bool is_sentinel = server.mode == "sentinel";
    if (expected == Expected::sentinel)
        return is_sentinel ? std::nullopt : std::optional(refusal(RefusalKind::not_sentinel));
    if (is_sentinel) return refusal(RefusalKind::is_sentinel);
    if (major_and_minor(server.version) < version_min)
        return refusal(RefusalKind::too_old, "Its version is " + server.version.substr(0, 32));
    if (server.cluster_enabled) return refusal(RefusalKind::is_cluster);
    if (server.role != "master") return refusal(RefusalKind::is_replica);
    return std::nullopt;
}

}  // namespace rotacast::redis
