#include "execution/subscription.hpp"

#include "execution/event_subscription.hpp"
#include "execution/heartbeat_subscription.hpp"
#include "execution/presence_subscription.hpp"

#include <array>

namespace rotacast::execution {

void Subscription::send_result(const graphql::json::value& data) {
    const std::array results{graphql::RootResult{&data, {}}};
    host_.send(host_.encoder().result(id_, graphql::complete(*operation_, results)));
}

void Subscription::refuse(const Error& error) {
    host_.environment().supervision.refusals.count(error.code);
    const std::array results{graphql::RootResult{nullptr, graphql::to_graphql_error(error)}};
    const auto& encoder = host_.encoder();
    host_.send(encoder.result(id_, graphql::complete(*operation_, results)));
    host_.send(encoder.complete(id_));
    host_.ended(id_);
}

void Subscription::give_up() noexcept {
    try {
        refuse({ErrorCode::internal, "", ""});
    } catch (...) {
        host_.on_fault();
    }
}

std::unique_ptr<Subscription> make_subscription(Host& host,
                                                const std::string& id,
                                                graphql::OperationPtr operation) {
    const auto& name = operation->root_fields().front().name;
    if (name == "heartbeat")
        return std::make_unique<HeartbeatSubscription>(host, id, std::move(operation));
    if (name == "userPresence")
        return std::make_unique<PresenceSubscription>(host, id, std::move(operation));
    return std::make_unique<EventSubscription>(host, id, std::move(operation));
}

}  // namespace rotacast::execution
