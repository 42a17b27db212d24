#include "hub/hub.hpp"

#include "base/sort_unique.hpp"
#include "hub/shared_texts.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <mutex>

namespace rotacast::hub {
namespace {

// What the loops put together for one question. A topic or user may be known to several loops.
struct Census {
    std::mutex mutex;
    std::size_t loops_left = 0;
    HubStats sums;
    std::vector<Uuid> users;
    std::vector<Topic> topics;

    HubStats result() {
        sort_unique(users);
        sort_unique(topics);
        sums.unique_users = users.size();
        for (const auto& topic : topics) {
            sums.schedules_watched += topic.kind == Topic::Kind::schedule;
            sums.persons_watched += topic.kind == Topic::Kind::person;
        }
        return sums;
    }
};

}  // namespace

Hub::Hub(std::vector<boost::asio::any_io_executor> loops,
         const WireForms& forms,
         HubOptions options)
    : forms_(forms) {
    std::vector<UserTopics::Peer> peers;
    for (auto& executor : loops) {
        const auto loop = static_cast<std::uint32_t>(shards_.size());
        shards_.push_back(std::make_unique<Shard>(std::move(executor), loop, options));
        peers.push_back({shards_.back()->executor, &shards_.back()->users});
    }
    for (auto& shard : shards_) shard->users.connect(peers);
}

// A stretch without publications is told, too: it moves every loop's position.
void Hub::publish(Stretch stretch) {
    const auto batch = std::make_shared<const PublicationBatch>(std::move(stretch), forms_);
    const auto shared = std::make_shared<SharedTexts>(batch->publications().size());
    for (auto& shard : shards_)
        boost::asio::post(shard->executor, [shard = shard.get(), batch, shared] {
            shard->hub.deliver(batch, shared.get());
        });
}

void Hub::collect_stats(std::function<void(HubStats)> done) {
    auto census = std::make_shared<Census>();
    census->loops_left = shards_.size();
    for (auto& shard : shards_) {
        boost::asio::post(shard->executor, [shard = shard.get(), census, done] {
            const std::scoped_lock lock(census->mutex);
            census->sums.total_connections += shard->hub.size();
            census->sums.graphql_subscriptions += shard->hub.takers();
            census->sums.deliveries += shard->hub.deliveries();
            census->sums.refused_subscriptions += shard->users.refused();
            shard->hub.append_users(census->users);
            shard->hub.topics().append_topics(census->topics);
            if (--census->loops_left == 0) done(census->result());
        });
    }
}

}  // namespace rotacast::hub
