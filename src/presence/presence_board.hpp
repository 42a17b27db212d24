#pragma once

// Presence for all loops: the state lives on the first one, everybody else sends it messages, and
// what changes goes as one message to each loop where somebody watches.
//
// Messages between two loops keep their order: a roster is taken on the first loop, and its reader
// becomes a watcher when it arrives, so that every later change reaches it and no earlier one does.

#include "presence/presence.hpp"
#include "presence/presence_watchers.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

namespace rotacast::presence {

struct PresenceBoardOptions {
    PresenceOptions presence;
    /// People in one roster: what a slow client's queue can hold, at 350 bytes each.
    std::size_t roster_people_max = 2'000;
};

class PresenceBoard;

/// The board as one loop sees it. Thread: that loop's only; what it calls, it calls there.
class LoopPresence {
  public:
    using OnRoster = std::function<void(PresenceRoster)>;

    LoopPresence(PresenceBoard& board, std::uint32_t loop) : board_(board), loop_(loop) {}

    /// A connection says who it is for; see PresenceState. `now` as of this loop's tick.
    void set(const Uuid& user,
             const Uuid& connection,
             PresenceStatement statement,
             const Moment& now);
    /// Needed for connections that have spoken, at intervals well below the lease (10 s will do).
    /// Those of one turn of the loop share a message.
    void heard(const Uuid& connection, const Moment& now);
    /// Needed once for every connection that has spoken.
    void gone(const Uuid& connection, const Moment& now);

    /// In place of what it watched before. No schedules: everybody. `on_roster` is called once,
    /// later, even if the watcher has gone by then; what comes to the watcher after that call is
    /// what changed after the roster, and nothing comes before.
    void watch(PresenceWatcher& watcher, std::vector<Uuid> schedules, OnRoster on_roster);
    /// Nothing comes any more, at once. Harmless when it does not watch.
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

    /// About once a second: how late it becomes known that somebody has gone. When a crowd has,
    /// the loop does other things in between. Thread: the first loop's only.
    void tick(const Moment& now);

    /// On the first loop only, for statistics.
    std::size_t people() const { return state_.people(); }

  private:
    friend class LoopPresence;

    struct Shard {
        boost::asio::any_io_executor executor;
        std::unique_ptr<LoopPresence> presence;
        std::size_t watchers = 0;  ///< as known on the first loop
    };
    using Changes = std::vector<PresenceChange>;

    /// Runs `job` on the first loop: at once when that is where we are, else in order of sending.
    template <class Job>
    void on_first_loop(Job job);
    /// Always later, so that nobody is called back out of a call.
    template <class Job>
    void post_to(std::uint32_t loop, Job job);

    void publish(Changes changes);

    PresenceBoardOptions options_;
    PresenceState state_;
    std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace rotacast::presence
