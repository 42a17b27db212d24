#include "bridge/channel.hpp"

#include <algorithm>
#include <utility>

namespace rotacast::bridge {

namespace client = events::client;

std::string_view name_of(Channel channel) {
    return config::bridged_channels[static_cast<std::size_t>(channel)];
}

std::string_view event_type_of(Channel channel) {
    switch (channel) {
        case Channel::schedule_updates: return client::ScheduleUpdated::type;
        case Channel::assignment_updates: return client::AssignmentChanged::type;
        case Channel::swap_requests: return client::SwapRequested::type;
        case Channel::swap_approvals: return client::SwapApproved::type;
        case Channel::conflict_alerts: return client::ConflictDetected::type;
        case Channel::resilience_alerts: return client::ResilienceAlert::type;
    }
    return {};
}

std::optional<Channel> channel_of(const events::ClientEvent& event) {
    struct Visitor {
        using Found = std::optional<Channel>;
        Found operator()(const client::ScheduleUpdated&) { return Channel::schedule_updates; }
        Found operator()(const client::AssignmentChanged&) { return Channel::assignment_updates; }
        Found operator()(const client::SwapRequested&) { return Channel::swap_requests; }
        Found operator()(const client::SwapApproved&) { return Channel::swap_approvals; }
        Found operator()(const client::ConflictDetected&) { return Channel::conflict_alerts; }
        Found operator()(const client::ResilienceAlert&) { return Channel::resilience_alerts; }
        Found operator()(const client::SolverSolution&) { return std::nullopt; }
        Found operator()(const client::SolverComplete&) { return std::nullopt; }
        Found operator()(const events::Notification&) { return std::nullopt; }
    };
    return std::visit(Visitor{}, event);
}

Channels::Channels(const std::vector<std::string>& only, std::string prefix)
    : prefix_(std::move(prefix)) {
    for (std::size_t i = 0; i < channel_count; ++i)
        bridged_[i] =
            only.empty() || std::ranges::find(only, config::bridged_channels[i]) != only.end();
}

std::vector<Channel> Channels::list() const {
    std::vector<Channel> list;
    for (std::size_t i = 0; i < channel_count; ++i)
        if (bridged_[i]) list.push_back(static_cast<Channel>(i));
    return list;
}

std::string Channels::in_redis(Channel channel) const {
    return prefix_ + std::string(name_of(channel));
}

std::optional<Channel> Channels::find(std::string_view in_redis) const {
    if (!in_redis.starts_with(prefix_)) return std::nullopt;
    in_redis.remove_prefix(prefix_.size());
    for (const auto channel : list())
        if (name_of(channel) == in_redis) return channel;
    return std::nullopt;
}

}  // namespace rotacast::bridge
