#pragma once

// Fan-out: takes batches of publications and carries each to every loop by one message.

#include "hub/loop_hub.hpp"
#include "hub/publication_batch.hpp"
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

struct HubOptions {
    std::size_t topics_per_user_max = 256;
    RecentBounds recent;
    events::Offset position = 0;  ///< the journal's newest entry now
    std::string epoch = {};       ///< the journal's now
};

class Hub {
  public:
    /// One shard per executor; each executor must run on exactly one thread.
    Hub(std::vector<boost::asio::any_io_executor> loops,
        const WireForms& forms,
        HubOptions options);

    /// Thread: always the same one, so that every loop sees batches in that order.
    void publish(Stretch stretch);

    /// Thread: the loop's own.
    LoopHub& on_loop(std::size_t loop) { return shards_[loop]->hub; }
    UserTopics& users_on_loop(std::size_t loop) { return shards_[loop]->users; }

    /// Asks every loop; `done` is called on the last one to answer. Thread: any.
    void collect_stats(std::function<void(HubStats)> done);

  private:
    struct Shard {
        Shard(boost::asio::any_io_executor loop_executor,
              std::uint32_t loop,
              const HubOptions& options)
            : executor(std::move(loop_executor)),
              hub(options.position, options.recent, options.epoch),
              users(hub, loop, options.topics_per_user_max) {}
        boost::asio::any_io_executor executor;
        LoopHub hub;
        UserTopics users;
    };

    const WireForms& forms_;
    std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace rotacast::hub
