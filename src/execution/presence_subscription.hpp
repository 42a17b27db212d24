#pragma once

// userPresence: who is present, then changes. A subscriber counts as present, too, as long as one
// of the person's connections reports it.

#include "execution/presence_backlog.hpp"
#include "execution/subscription.hpp"
#include "presence/presence_watchers.hpp"

#include <chrono>

namespace rotacast::execution {

class PresenceSubscription final : public Subscription, private presence::PresenceWatcher {
  public:
    PresenceSubscription(Host& host, std::string id, graphql::OperationPtr operation)
        : Subscription(host, std::move(id), std::move(operation)), connection_id_(Uuid::random()) {}
    ~PresenceSubscription() override;

    void start() override;
    void on_tick(Timestamp) override;
    void on_drained() override;

  private:
    void begin(const std::vector<presence::Presence>& roster) noexcept;
    void send_backlog();
    void on_presence(const presence::PresenceChange& change) override;
    void on_fault() noexcept override { give_up(); }
    void tell(const presence::Presence& presence);
    presence::LoopPresence& presence() {
        return host_.environment().sources.presence.on_loop(host_.loop().index());
    }
    presence::Moment moment() { return {host_.loop().tick().steady, host_.loop().tick().wall}; }

    const Uuid connection_id_;
    PresenceBacklog backlog_;
    std::shared_ptr<PresenceSubscription*> self_;  // for the roster, which arrives later
    std::chrono::steady_clock::time_point told_alive_at_;
};

}  // namespace rotacast::execution
