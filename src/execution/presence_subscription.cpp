#include "execution/presence_subscription.hpp"

#include "base/fault.hpp"
#include "base/log.hpp"
#include "graphql/answers.hpp"
#include "graphql/to_data.hpp"

namespace rotacast::execution {
namespace {

// Well below any lease, and rare enough for many connections.
constexpr std::chrono::seconds alive_interval{10};

}  // namespace

// Reports the user's presence before the roster is requested, so that the roster includes the user.
void PresenceSubscription::start() {
    self_ = std::make_shared<PresenceSubscription*>(this);
    told_alive_at_ = moment().steady;
    presence().set(host_.principal().user_id, connection_id_, {}, moment());
    presence().watch(*this, {}, [weak = std::weak_ptr(self_)](presence::PresenceRoster roster) {
        const auto self = weak.lock();
        if (!self) return;
        (*self)->begin(roster.people);
    });
}

void PresenceSubscription::begin(const std::vector<presence::Presence>& roster) noexcept {
    try {
        backlog_.begin(roster);
        send_backlog();
    } catch (...) {
        log::error("graphql: a subscription to presence failed and is ended: {}", fault_name());
        give_up();
    }
}

PresenceSubscription::~PresenceSubscription() {
    if (!self_) return;
    presence().unwatch(*this);
    presence().gone(connection_id_, moment());
}

void PresenceSubscription::on_tick(Timestamp) {
    send_backlog();
    const auto now = moment();
    if (!self_ || now.steady - told_alive_at_ < alive_interval) return;
    told_alive_at_ = now.steady;
    presence().heard(connection_id_, now);
}

void PresenceSubscription::on_drained() {
    send_backlog();
}

void PresenceSubscription::on_presence(const presence::PresenceChange& change) {
    if (backlog_.empty()) return tell(change);
    backlog_.add(change);
}

// Not sent at once, because a roster may be larger than a client's queue.
void PresenceSubscription::send_backlog() {
    backlog_.send([this] { return host_.backlogged(); },
                  [this](const presence::Presence& person) { tell(person); });
}

void PresenceSubscription::tell(const presence::Presence& person) {
    send_result(graphql::to_data(
        graphql::UserPresenceUpdate{person.user,
                                    std::string(presence::to_string(person.status)),
                                    person.last_seen,
                                    person.active_page}));
}

}  // namespace rotacast::execution
