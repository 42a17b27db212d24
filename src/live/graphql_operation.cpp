#include "live/graphql_operation.hpp"

#include "live/graphql_events.hpp"
#include "live/graphql_heartbeat.hpp"
#include "live/graphql_presence.hpp"

#include <array>

namespace rotacast::live {

void GraphqlOperation::send_result(const graphql::json::value& data) {
    const std::array results{graphql::RootResult{&data, {}}};
    host_.send(host_.spelling().result(id_, graphql::complete(*operation_, results)));
}

void GraphqlOperation::refuse(const Error& error) {
    host_.services().refusals.count(error.code);
    const std::array results{graphql::RootResult{nullptr, graphql::to_graphql_error(error)}};
    const auto& spelling = host_.spelling();
    host_.send(spelling.result(id_, graphql::complete(*operation_, results)));
    host_.send(spelling.complete(id_));
    host_.ended(id_);
}

std::unique_ptr<GraphqlOperation> make_subscription(GraphqlHost& host,
                                                    const std::string& id,
                                                    graphql::OperationPtr operation) {
    const auto& name = operation->root_fields().front().name;
    if (name == "heartbeat")
        return std::make_unique<GraphqlHeartbeat>(host, id, std::move(operation));
    if (name == "userPresence")
        return std::make_unique<GraphqlPresence>(host, id, std::move(operation));
    return std::make_unique<GraphqlEvents>(host, id, std::move(operation));
}

}  // namespace rotacast::live
