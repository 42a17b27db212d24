#pragma once

// Fan-out: takes batches of publications; every loop fetches them from there (LoopFeed).

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

/// Sums over all loops; the original's four figures and ours.
struct HubStats {
    std::size_t total_connections = 0;
    std::size_t unique_users = 0;
    std::size_t schedules_watched = 0;
    std::size_t persons_watched = 0;
    std::size_t graphql_subscriptions = 0;
    std::uint64_t deliveries = 0;
    std::uint64_t refused_subscriptions = 0;
};

/// How far the loops have come. Known without asking them, for one that stands still does not
/// answer.
struct FeedStats {
    events::Offset entries_behind = 0;  ///< of the loop that is furthest behind
    std::uint64_t catch_ups = 0;        ///< how often a loop had to read the journal
};

struct HubOptions {
    std::size_t topics_per_user_max = 256;
    RecentBounds recent;          ///< what each loop keeps for those who come back
    RecentBounds published = {};  ///< what is kept for loops that have not come to it yet
    ReadJournal read = {};        ///< for loops that are further behind
    events::Offset position = 0;  ///< the journal's newest entry now
    std::string epoch = {};       ///< the journal's now
};

class Hub {
  public:
    /// One shard per executor; each executor must run on exactly one thread.
    Hub(std::vector<boost::asio::any_io_executor> loops,
        const Encodings& forms,
        HubOptions options);

    /// Thread: always the same one, so that every loop sees batches in that order. Whatever it
    /// throws, nothing is lost: what is missing here is read from the journal.
    void publish(JournalRange stretch);

    /// Thread: the loop's own.
    LoopHub& on_loop(std::size_t loop) { return shards_[loop]->hub; }
    UserTopics& users_on_loop(std::size_t loop) { return shards_[loop]->users; }

    /// Thread: any.
    FeedStats feed_stats() const;

    /// Asks every loop; `done` is called on the last one to answer. Thread: any.
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
        bool standing_still = false;  ///< as far as the publisher knows, and has said
    };

    void tell_progress(Shard& shard, std::size_t loop, events::Offset oldest);

    const Encodings& encodings_;
    SharedResultBudget texts_budget_;
    PublishedLog log_;
    std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace rotacast::hub
