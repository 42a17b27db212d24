#pragma once

// Presence for all loops: the state lives on the first loop, the others send it messages, and each
// change is sent as one message to each loop with watchers.
//
// Messages between two loops keep their order: a roster is taken on the first loop, and its reader
// becomes a watcher when the roster arrives, so that it receives every later change and no earlier
// one.
//
// With several nodes, each node's state has the connections of all: the board tells the others what
// the node's own connections state, and is told what theirs do.

#include "presence/presence.hpp"
#include "presence/presence_watchers.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace rotacast::presence {

struct PresenceBoardOptions {
    PresenceOptions presence;
    /// People in one roster: as many as a slow client's queue can hold, at 350 bytes each.
    std::size_t roster_people_max = 2'000;
};

/// Tells other nodes. Called on the first loop; must return at once. Either may be empty.
struct PresenceOutlet {
    std::function<void(const Uuid& connection, const Uuid& user, const PresenceStatement&)> stated;
    std::function<void(const Uuid& connection)> withdrawn;
};

class PresenceBoard;

/// The board as used on one loop. Thread: that loop's only; callbacks come on it, too.
class LoopPresence {
  public:
    using OnRoster = std::function<void(PresenceRoster)>;

    LoopPresence(PresenceBoard& board, std::uint32_t loop) : board_(board), loop_(loop) {}

    /// Records a connection's statement; see PresenceState. `now`: from this loop's tick.
    void set(const Uuid& user,
             const Uuid& connection,
             PresenceStatement statement,
             const Moment& now);
    /// Must be called for connections that have made a statement, at intervals well below the lease
    /// (10 s will do). Calls within one callback of the loop share a message.
    void heard(const Uuid& connection, const Moment& now);
    /// Must be called once for every connection that has made a statement.
    void gone(const Uuid& connection, const Moment& now);

    /// Watches these schedules, or everybody if there are none, instead of what the watcher watched
    /// before. `on_roster` is called once, later, even if the watcher has gone by then; after it
    /// the watcher receives the changes that followed the roster, and none before.
    void watch(PresenceWatcher& watcher, std::vector<Uuid> schedules, OnRoster on_roster);
    /// Stops all calls to the watcher at once. Harmless if it does not watch.
    void unwatch(PresenceWatcher& watcher);

    void roster(std::vector<Uuid> schedules, OnRoster on_roster);

  private:
    friend class PresenceBoard;

    void begin(PresenceWatcher* watcher, std::uint64_t request, std::vector<Uuid> schedules);
    void send_heard();

    PresenceBoard& board_;
    const std::uint32_t loop_;
    PresenceWatchers watchers_;
    std::unordered_map<PresenceWatcher*, std::uint64_t> awaiting_;  ///< their latest request
    std::uint64_t requests_ = 0;
    std::vector<Uuid> heard_;
    Moment heard_at_;
};

class PresenceBoard {
  public:
    /// One executor per loop, each run by exactly one thread. The board must outlive the loops'
    /// last message.
    PresenceBoard(std::vector<boost::asio::any_io_executor> loops, PresenceBoardOptions options);

    /// Thread: that loop's only.
    LoopPresence& on_loop(std::size_t loop) { return *shards_[loop]->presence; }

    /// Call about once a second, which bounds how late departures are noticed. If many leave at
    /// once, the work is split so that the loop can do other work in between. Thread: the first
    /// loop's only.
    void tick(const Moment& now);

    /// Before the loops run.
    void tell_others(PresenceOutlet outlet) { outlet_ = std::move(outlet); }
    /// What a connection of another node states. It counts until others_withdrew(). Thread: any.
    void others_stated(const Uuid& connection,
                       const Uuid& user,
                       PresenceStatement statement,
                       const Moment& now);
    /// The connection has gone, or its node has. Thread: any.
    void others_withdrew(const Uuid& connection, const Moment& now);

    /// For statistics: of all nodes. Thread: the first loop's only.
    std::size_t people() const { return state_.people(); }

  private:
    friend class LoopPresence;

    struct Shard {
        boost::asio::any_io_executor executor;
        std::unique_ptr<LoopPresence> presence;
        std::size_t watchers = 0;  ///< as known on the first loop
    };
    using Changes = std::vector<PresenceChange>;

    /// Runs `job` on the first loop: at once if called there, else in the order of sending.
    template <class Job>
    void on_first_loop(Job job);
    /// Always runs `job` later, so that nobody is called back within its own call.
    template <class Job>
    void post_to(std::uint32_t loop, Job job);

    void publish(Changes changes);
    void state(const Uuid& user,
               const Uuid& connection,
               PresenceStatement statement,
               const Moment& now);
    void withdraw_lost();
    void hear_others(const Moment& now);

    PresenceBoardOptions options_;
    PresenceState state_;
    PresenceOutlet outlet_;
    std::unordered_set<Uuid> others_;  ///< connections of other nodes
    std::chrono::steady_clock::time_point others_heard_;
    std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace rotacast::presence
