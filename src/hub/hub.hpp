#pragma once

// Fan-out: accepts batches of publications, from which every loop takes them (LoopFeed).

#include "config/websocket.hpp"
#include "hub/loop_feed.hpp"
#include "hub/loop_hub.hpp"
#include "hub/publication_batch.hpp"
#include "hub/published_log.hpp"
#include "hub/user_topics.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace rotacast::hub {

/// Sums over all loops: the four figures of the original protocol and our own.
struct HubStats {
    std::size_t total_connections = 0;
    std::size_t unique_users = 0;
    std::size_t schedules_watched = 0;
    std::size_t persons_watched = 0;
    std::size_t graphql_subscriptions = 0;
    std::size_t subscriptions = 0;  ///< of all connections to topics
    std::uint64_t deliveries = 0;
    std::uint64_t refused_subscriptions = 0;
};

/// How far the loops have read. Known without asking the loops, because a blocked loop would not
/// answer.
struct FeedStats {
    events::Offset entries_behind = 0;  ///< of the slowest loop
    std::uint64_t catch_ups = 0;        ///< how often a loop had to read the journal
};

struct HubOptions {
    std::size_t topics_per_user_max = config::Websocket{}.max_subscriptions;
    RecentBounds recent;          ///< what each loop keeps for clients that reconnect
    RecentBounds published = {};  ///< what is kept for loops that have not taken it yet
    ReadJournal read = {};        ///< for loops that are further behind than `published`
    events::Offset position = 0;  ///< the newest entry of the journal at the start
    std::string epoch = {};       ///< of the journal at the start
};

class Hub {
  public:
    /// One shard per executor; each executor must run on exactly one thread.
    Hub(std::vector<boost::asio::any_io_executor> loops,
        const Encodings& encodings,
        HubOptions options);

    /// Thread: always the same one, so that all loops see batches in the same order. If it throws,
    /// nothing is lost: loops read what is missing from the journal.
    void publish(JournalRange range);

    /// Shows events that have no place in the order yet, once. `range` has no extent: it lies after
    /// the entry that was published last. What cannot be shown now comes with its place. Thread:
    /// that of publish().
    void show_early(JournalRange range);

    /// Thread: the loop's own.
    LoopHub& on_loop(std::size_t loop) { return shards_[loop]->hub; }
    UserTopics& users_on_loop(std::size_t loop) { return shards_[loop]->users; }

    /// Of users whose connections are on other nodes, too; see UserTopics. Before the loops run.
    void tell_others_of_topics(const UserTopics::TellOthers& tell);
    /// Thread: any.
    void others_stated(const std::string& node,
                       const Uuid& user,
                       const Topic& topic,
                       std::optional<TopicStatement> statement) {
        shards_.front()->users.others_stated(node, user, topic, statement);
    }

    /// Thread: any.
    FeedStats feed_stats() const;

    /// Of all loops (LoopFeed::latency). Thread: any.
    Durations latency() const;

    /// Asks every loop; `done` is called on the last loop to answer. Thread: any.
    void collect_stats(std::function<void(HubStats)> done);

  private:
    struct Shard {
        Shard(boost::asio::any_io_executor loop_executor,
              std::uint32_t loop,
              const Hub& parent,
              const HubOptions& options)
            : executor(std::move(loop_executor)),
              hub(options.position, options.recent, options.epoch),
              users(hub, loop, options.topics_per_user_max),
              feed(executor, hub, parent.log_, parent.encodings_, options.read) {}
        boost::asio::any_io_executor executor;
        LoopHub hub;
        UserTopics users;
        LoopFeed feed;
        bool standing_still = false;  ///< as last seen and logged by the publisher
    };

    void wake(Shard& shard, std::size_t loop);
    void tell_progress(Shard& shard, std::size_t loop, events::Offset oldest);

    const Encodings& encodings_;
    SharedResultBudget texts_budget_;
    PublishedLog log_;
    std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace rotacast::hub
