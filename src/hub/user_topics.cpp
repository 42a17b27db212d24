#include "hub/user_topics.hpp"

#include <boost/asio/dispatch.hpp>

#include <algorithm>

namespace rotacast::hub {

UserTopics::UserTopics(LoopHub& hub, std::uint32_t loop, std::size_t topics_per_user_max)
    : hub_(hub), loop_(loop), topics_per_user_max_(topics_per_user_max) {}

void UserTopics::connect(std::vector<Peer> peers) {
    peers_ = std::move(peers);
}

void UserTopics::join(const Uuid& user, Subscriber& subscriber) {
    tabs_[user].push_back(&subscriber);
    tell(home_of(user), [user, loop = loop_](UserTopics& home) { home.home_join(user, loop); });
}

void UserTopics::leave(const Uuid& user, Subscriber& subscriber) {
    const auto found = tabs_.find(user);
    if (found == tabs_.end() || std::erase(found->second, &subscriber) == 0) return;
    if (found->second.empty()) tabs_.erase(found);
    tell(home_of(user), [user, loop = loop_](UserTopics& home) { home.home_leave(user, loop); });
}

void UserTopics::subscribe(const Uuid& user, const Topic& topic, std::function<void()> done) {
    change(user, topic, Change::add, std::move(done));
}

void UserTopics::unsubscribe(const Uuid& user, const Topic& topic, std::function<void()> done) {
    change(user, topic, Change::remove, std::move(done));
}

UserTopics& UserTopics::home_of(const Uuid& user) const {
    return *peers_[std::hash<Uuid>{}(user) % peers_.size()].topics;
}

// Runs at once if `other` is this object: a loop's messages to itself keep their order, too.
void UserTopics::tell(UserTopics& other, std::function<void(UserTopics&)> message) const {
    boost::asio::dispatch(peers_[other.loop_].executor,
                          [&other, message = std::move(message)] { message(other); });
}

void UserTopics::change(const Uuid& user,
                        const Topic& topic,
                        Change what,
                        std::function<void()> done) {
    tell(home_of(user),
         [user, topic, what, loop = loop_, done = std::move(done)](UserTopics& home) mutable {
             home.home_change(user, topic, what, loop, std::move(done));
         });
}

void UserTopics::home_join(const Uuid& user, std::uint32_t loop) {
    auto& home = homes_[user];
    home.connections.resize(peers_.size());
    home.connections[loop] += 1;
    if (home.topics.empty()) return;
    tell(*peers_[loop].topics, [user, topics = home.topics](UserTopics& there) {
        for (const auto& topic : topics) there.apply(user, topic, Change::add);
    });
}

void UserTopics::home_leave(const Uuid& user, std::uint32_t loop) {
    const auto found = homes_.find(user);
    if (found == homes_.end()) return;
    auto& connections = found->second.connections;
    connections[loop] -= 1;
    if (std::ranges::all_of(connections, [](auto count) { return count == 0; }))
        homes_.erase(found);
}

void UserTopics::home_change(const Uuid& user,
                             const Topic& topic,
                             Change what,
                             std::uint32_t loop,
                             std::function<void()> done) {
    const auto found = homes_.find(user);
    bool changed = false;
    if (found != homes_.end()) {
        auto& topics = found->second.topics;
        const bool full = topics.size() >= topics_per_user_max_ && !topics.contains(topic);
        if (what == Change::remove)
            changed = topics.erase(topic) != 0;
        else if (full)
            ++refused_;
        else
            changed = topics.insert(topic).second;
    }
    if (changed) {
        const auto& connections = found->second.connections;
        for (std::uint32_t i = 0; i < connections.size(); ++i) {
            if (connections[i] == 0) continue;
            tell(*peers_[i].topics,
                 [user, topic, what](UserTopics& there) { there.apply(user, topic, what); });
        }
    }
    tell(*peers_[loop].topics, [done = std::move(done)](UserTopics&) { done(); });
}

void UserTopics::apply(const Uuid& user, const Topic& topic, Change what) {
    const auto found = tabs_.find(user);
    if (found == tabs_.end()) return;
    for (auto* tab : found->second) {
        if (what == Change::add)
            hub_.topics().subscribe(*tab, topic);
        else
            hub_.topics().unsubscribe(*tab, topic);
    }
}

}  // namespace rotacast::hub
