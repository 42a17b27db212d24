#include "hub/user_topics.hpp"

#include "base/time.hpp"

#include <boost/asio/dispatch.hpp>

#include <algorithm>
#include <utility>

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

// ------------------------------------------------------------------------------ a user's home

bool UserTopics::Home::is_here() const {
    return std::ranges::any_of(connections, [](auto count) { return count > 0; });
}

void UserTopics::home_join(const Uuid& user, std::uint32_t loop) {
    auto& home = homes_[user];
    const bool was_here = home.is_here();
    home.connections.resize(peers_.size());
    home.connections[loop] += 1;
    tell(*peers_[loop].topics, [user, statements = home.statements](UserTopics& there) {
        for (const auto& [topic, statement] : statements)
            if (statement.watched) there.apply(user, topic, Change::add);
    });
    if (was_here) return;
    for (const auto& [node, statements] : home.others)
        for (const auto& [topic, statement] : statements) state(user, home, topic, statement);
}

void UserTopics::home_leave(const Uuid& user, std::uint32_t loop) {
    const auto found = homes_.find(user);
    if (found == homes_.end()) return;
    auto& home = found->second;
    home.connections[loop] -= 1;
    if (home.is_here()) return;
    retract(user, home);
    if (home.others.empty()) homes_.erase(found);
}

void UserTopics::home_change(const Uuid& user,
                             const Topic& topic,
                             Change what,
                             std::uint32_t loop,
                             std::function<void()> done) {
    const auto found = homes_.find(user);
    if (found != homes_.end() && found->second.is_here()) {
        auto& home = found->second;
        const auto known = home.statements.find(topic);
        const auto before = known == home.statements.end() ? TopicStatement() : known->second;
        const bool watched = what == Change::add;
        if (watched && !before.watched && home.watched >= topics_per_user_max_)
            ++refused_;
        else if (watched != before.watched)
            state(user,
                  home,
                  topic,
                  {std::max(now().time_since_epoch().count(), before.version + 1), watched});
    }
    tell(*peers_[loop].topics, [done = std::move(done)](UserTopics&) { done(); });
}

/// Unless something later was stated. Beyond the bound a topic is not watched here.
void UserTopics::state(const Uuid& user, Home& home, const Topic& topic, TopicStatement statement) {
    const auto known = home.statements.find(topic);
    const auto before = known == home.statements.end() ? TopicStatement() : known->second;
    if (statement <= before) return;
    const bool begins = statement.watched && !before.watched;
    if (begins && home.watched >= topics_per_user_max_) return;
    home.statements[topic] = statement;
    if (tell_others_) tell_others_(user, topic, statement);
    if (statement.watched == before.watched) return;
    if (begins)
        ++home.watched;
    else
        --home.watched;
    for (std::uint32_t i = 0; i < home.connections.size(); ++i) {
        if (home.connections[i] == 0) continue;
        tell(*peers_[i].topics,
             [user, topic, what = begins ? Change::add : Change::remove](UserTopics& there) {
                 there.apply(user, topic, what);
             });
    }
    forget_oldest_not_watched(user, home);
}

void UserTopics::forget_oldest_not_watched(const Uuid& user, Home& home) {
    if (home.statements.size() - home.watched <= topics_per_user_max_) return;
    auto oldest = home.statements.end();
    for (auto one = home.statements.begin(); one != home.statements.end(); ++one)
        if (!one->second.watched &&
            (oldest == home.statements.end() || one->second < oldest->second))
            oldest = one;
    if (tell_others_) tell_others_(user, oldest->first, std::nullopt);
    home.statements.erase(oldest);
}

void UserTopics::retract(const Uuid& user, Home& home) {
    if (tell_others_)
        for (const auto& [topic, statement] : home.statements)
            tell_others_(user, topic, std::nullopt);
    home.statements.clear();
    home.watched = 0;
}

void UserTopics::others_stated(const std::string& node,
                               const Uuid& user,
                               const Topic& topic,
                               std::optional<TopicStatement> statement) {
    tell(home_of(user), [node, user, topic, statement](UserTopics& home) {
        home.home_hear(node, user, topic, statement);
    });
}

void UserTopics::home_hear(const std::string& node,
                           const Uuid& user,
                           const Topic& topic,
                           std::optional<TopicStatement> statement) {
    auto& home = homes_[user];
    if (statement) {
        home.others[node][topic] = *statement;
        if (home.is_here()) state(user, home, topic, *statement);
        return;
    }
    if (const auto other = home.others.find(node); other != home.others.end()) {
        other->second.erase(topic);
        if (other->second.empty()) home.others.erase(other);
    }
    if (home.others.empty() && !home.is_here()) homes_.erase(user);
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
