#pragma once

// heartbeat(intervalSeconds): a beat at once, then one in each interval.

#include "execution/subscription.hpp"

#include <chrono>

namespace rotacast::execution {

/// Beats are sent on the loop's ticks, so at most a quarter of a second late.
class HeartbeatSubscription final : public Subscription {
  public:
    static constexpr std::chrono::seconds interval_min{1};
    static constexpr std::chrono::seconds interval_max{3'600};

    HeartbeatSubscription(Host& host, std::string id, graphql::OperationPtr operation)
        : Subscription(host, std::move(id), std::move(operation)),
          connection_id_(to_string(Uuid::random())) {}

    void start() override;
    void on_tick(Timestamp) override;
    void on_drained() override;

  private:
    void beat_if_due();
    void beat();

    const std::string connection_id_;  ///< the schema's name; unique for each subscription
    std::chrono::seconds interval_{0};
    std::chrono::steady_clock::time_point next_ = std::chrono::steady_clock::time_point::max();
};

}  // namespace rotacast::execution
