#include "config/redis.hpp"

#include <algorithm>
#include <fstream>
#include <string_view>
#include <utility>

namespace rotacast::config {
namespace {

constexpr std::size_t prefix_bytes_max = 100;
constexpr std::size_t password_bytes_max = 512;

Error wrong_redis_setting(const std::string& key, const std::string& what) {
    return {ErrorCode::config_invalid, key + ' ' + what, key};
}

/// The prefix stands in braces, so that all keys have one hash tag.
bool is_prefix(std::string_view text) {
    return !text.empty() && text.size() <= prefix_bytes_max &&
           std::ranges::all_of(text, [](char c) {
               return c > 0x20 && c < 0x7F && c != '{' && c != '}' && c != '*' && c != '?' &&
                      c != '[';
           });
}

std::optional<Error> check_bridge(const Redis& redis) {
    if (redis.bridge != "off" && redis.url.empty())
        return wrong_redis_setting("redis.bridge",
                                   "needs the Redis that has the channels: set redis.url, or "
                                   "leave the bridge off");
    for (const auto& channel : redis.bridge_channels)
        if (std::ranges::find(bridged_channels, channel) == bridged_channels.end())
            return wrong_redis_setting("redis.bridge_channels",
                                       "has a channel that is not bridged; docs/redis.md lists "
                                       "those that are, such as graphql:swap:requests");
    const auto& prefix = redis.bridge_channel_prefix;
    if (!prefix.empty() && !is_prefix(prefix))
        return wrong_redis_setting("redis.bridge_channel_prefix",
                                   "must be at most 100 ASCII characters without spaces and any "
                                   "of {}*?[");
    return std::nullopt;
}

}  // namespace

std::optional<Error> check(const Redis& redis) {
    if (auto wrong = check_bridge(redis)) return wrong;
    if (!is_prefix(redis.prefix))
        return wrong_redis_setting(
            "redis.prefix", "must be 1 to 100 ASCII characters without spaces and any of {}*?[");
    if (!redis.url.empty()) return std::nullopt;
    for (const auto& [key, file] :
         {std::pair{"redis.password_file", redis.password_file},
          std::pair{"redis.sentinel_password_file", redis.sentinel_password_file},
          std::pair{"redis.ca_file", redis.ca_file}})
        if (!file.empty()) return wrong_redis_setting(key, "is of no use without redis.url");
    return std::nullopt;
}

Result<std::string> read_password(const std::string& file, const std::string& setting) {
    std::ifstream in(file, std::ios::binary);
    std::string line;
    std::getline(in, line);
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty() || line.size() > password_bytes_max)
        return wrong_redis_setting(setting,
                                   "cannot be used: no password on the first line of " + file +
                                       "; it is missing, empty, too long or not readable");
    return line;
}

}  // namespace rotacast::config
