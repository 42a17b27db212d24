#pragma once

// The original's Redis channels (wire specification §4.6) that have an event of ours, one of the
// client events each. `graphql:user:presence` is not among them: who is online is no event here.

#include "config/redis.hpp"
#include "events/catalogue.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::bridge {

/// In the order of config::bridged_channels.
enum class Channel : std::uint8_t {
    schedule_updates,
    assignment_updates,
    swap_requests,
    swap_approvals,
    conflict_alerts,
    resilience_alerts,
};
inline constexpr std::size_t channel_count = config::bridged_channels.size();

/// As the original calls it. Static lifetime.
std::string_view name_of(Channel channel);

/// The type of the client event that its messages are. Static lifetime.
std::string_view event_type_of(Channel channel);

/// nullopt: the original has no channel for such events.
std::optional<Channel> channel_of(const events::ClientEvent& event);

/// Which channels are bridged, and their names in Redis. A value.
class Channels {
  public:
    /// `only`: names of the original; empty: all. Others are passed over. `prefix` stands before
    /// each name in Redis.
    explicit Channels(const std::vector<std::string>& only = {}, std::string prefix = {});

    bool has(Channel channel) const { return bridged_[static_cast<std::size_t>(channel)]; }
    std::vector<Channel> list() const;
    std::string in_redis(Channel channel) const;
    /// nullopt if it is not bridged.
    std::optional<Channel> find(std::string_view in_redis) const;

  private:
    std::array<bool, channel_count> bridged_{};
    std::string prefix_;
};

}  // namespace rotacast::bridge
