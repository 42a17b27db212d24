#pragma once

// Subscriptions that belong to a user and not to a connection: in the classic dialect every tab of
// a user receives what any of them subscribed to, until the user's last connection closes.
//
// A user's tabs may be on several loops. One of these loops, the user's home, owns the list; the
// others follow it by message. Messages between two loops keep their order, so all loops end up
// with the home's list. A tab that asked is answered when its own loop has applied the change.
//
// With several nodes, each that has a connection of the user states all that it knows of the user's
// list, and takes over what others state later than that. So the list lives as long as the user has
// a connection to any node.

#include "hub/loop_hub.hpp"
#include "hub/topic.hpp"
#include "hub/topic_statement.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace rotacast::hub {

/// One per loop; thread: its loop's only. All instances must outlive the loops' last message.
class UserTopics {
  public:
    struct Peer {
        boost::asio::any_io_executor executor;
        UserTopics* topics;
    };

    /// Tells other nodes what this one states from now on; nullopt: nothing. Called on the user's
    /// home; must return at once.
    using TellOthers = std::function<void(
        const Uuid& user, const Topic& topic, std::optional<TopicStatement> statement)>;

    UserTopics(LoopHub& hub, std::uint32_t loop, std::size_t topics_per_user_max);

    /// Makes all instances known to each other; call once, before the loops run.
    void connect(std::vector<Peer> peers);
    /// Before the loops run.
    void tell_others(TellOthers tell) { tell_others_ = std::move(tell); }

    void join(const Uuid& user, Subscriber& subscriber);
    void leave(const Uuid& user, Subscriber& subscriber);

    /// `done` is called on this loop, at once or later, when the change holds here. A subscription
    /// beyond topics_per_user_max is dropped, but `done` is called all the same: classic clients
    /// are never told.
    void subscribe(const Uuid& user, const Topic& topic, std::function<void()> done);
    void unsubscribe(const Uuid& user, const Topic& topic, std::function<void()> done);

    /// What another node states. Thread: any.
    void others_stated(const std::string& node,
                       const Uuid& user,
                       const Topic& topic,
                       std::optional<TopicStatement> statement);

    std::uint64_t refused() const { return refused_; }

  private:
    enum class Change : std::uint8_t { add, remove };

    using Statements = std::map<Topic, TopicStatement>;

    struct Home {
        /// What this node states; while the user has no connection here, nothing. Those not watched
        /// are kept too, because others may still say the contrary.
        Statements statements;
        std::size_t watched = 0;                 ///< of `statements`
        std::vector<std::uint32_t> connections;  ///< number of the user's connections on each loop
        std::map<std::string, Statements> others;  ///< by node

        bool is_here() const;
    };

    UserTopics& home_of(const Uuid& user) const;
    void tell(UserTopics& other, std::function<void(UserTopics&)> message) const;
    void change(const Uuid& user, const Topic& topic, Change what, std::function<void()> done);

    void home_join(const Uuid& user, std::uint32_t loop);
    void home_leave(const Uuid& user, std::uint32_t loop);
    void home_change(const Uuid& user,
                     const Topic& topic,
                     Change what,
                     std::uint32_t loop,
                     std::function<void()> done);
    void home_hear(const std::string& node,
                   const Uuid& user,
                   const Topic& topic,
                   std::optional<TopicStatement> statement);
    void state(const Uuid& user, Home& home, const Topic& topic, TopicStatement statement);
    void forget_oldest_not_watched(const Uuid& user, Home& home);
    void retract(const Uuid& user, Home& home);
    void apply(const Uuid& user, const Topic& topic, Change what);

    LoopHub& hub_;
    std::uint32_t loop_;
    std::size_t topics_per_user_max_;
    TellOthers tell_others_;
    std::vector<Peer> peers_;
    std::unordered_map<Uuid, std::vector<Subscriber*>> tabs_;
    std::unordered_map<Uuid, Home> homes_;
    std::uint64_t refused_ = 0;
};

}  // namespace rotacast::hub
