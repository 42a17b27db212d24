#include "execution/heartbeat_subscription.hpp"

#include "graphql/answers.hpp"
#include "graphql/arguments.hpp"
#include "graphql/to_data.hpp"
#include "reflect/decode.hpp"

namespace rotacast::execution {

void HeartbeatSubscription::start() {
    const auto arguments =
        reflect::decode<graphql::HeartbeatArguments>(graphql::json::value(root().arguments));
    if (!arguments) return refuse(arguments.error());
    interval_ = std::chrono::seconds(arguments->interval_seconds);
    if (interval_ < interval_min || interval_ > interval_max)
        return refuse({ErrorCode::invalid_field,
                       "intervalSeconds takes " + std::to_string(interval_min.count()) + " to " +
                           std::to_string(interval_max.count()) + ".",
                       "/intervalSeconds"});
    next_ = host_.loop().tick().steady;
    // Sent even if the connection is backlogged: it answers the client's command, and the answers
    // to several commands of one read are collected before they are sent.
    beat();
}

void HeartbeatSubscription::on_tick(Timestamp) {
    beat_if_due();
}

void HeartbeatSubscription::on_drained() {
    beat_if_due();
}

// A client that does not read gets no beats, and one overdue beat after it has read.
void HeartbeatSubscription::beat_if_due() {
    if (host_.loop().tick().steady >= next_ && !host_.backlogged()) beat();
}

// Counts from beat to beat, so that delays do not add up.
void HeartbeatSubscription::beat() {
    const auto steady = host_.loop().tick().steady;
    while (next_ <= steady) next_ += interval_;
    const auto at = now();
    send_result(graphql::to_data(graphql::HeartbeatResponse{at, at, connection_id_}));
}

}  // namespace rotacast::execution
