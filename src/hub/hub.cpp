#include "hub/hub.hpp"

#include "base/fault.hpp"
#include "base/log.hpp"
#include "base/sort_unique.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <mutex>
#include <utility>

namespace rotacast::hub {
namespace {

// Collects the answers of all loops to one request. Several loops may know the same topic or user.
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
         const Encodings& encodings,
         HubOptions options)
    : encodings_(encodings), log_(options.position, options.published, options.epoch) {
    std::vector<UserTopics::Peer> peers;
    for (auto& executor : loops) {
        const auto loop = static_cast<std::uint32_t>(shards_.size());
        shards_.push_back(std::make_unique<Shard>(std::move(executor), loop, *this, options));
        peers.push_back({shards_.back()->executor, &shards_.back()->users});
    }
    for (auto& shard : shards_) shard->users.connect(peers);
}

void Hub::tell_others_of_topics(const UserTopics::TellOthers& tell) {
    for (auto& shard : shards_) shard->users.tell_others(tell);
}

// Also called for a range without publications, because every range moves the loops' positions.
void Hub::publish(JournalRange range) {
    auto batch = std::make_shared<const PublicationBatch>(std::move(range), encodings_);
    const auto oldest =
        log_.add(std::make_shared<Published>(std::move(batch), shards_.size(), texts_budget_));
    for (std::size_t loop = 0; loop < shards_.size(); ++loop) {
        wake(*shards_[loop], loop);
        tell_progress(*shards_[loop], loop, oldest);
    }
}

void Hub::show_early(JournalRange range) {
    const auto batch = std::make_shared<const PublicationBatch>(std::move(range), encodings_);
    for (std::size_t loop = 0; loop < shards_.size(); ++loop) {
        shards_[loop]->feed.keep_early(batch);
        wake(*shards_[loop], loop);
    }
}

void Hub::wake(Shard& shard, std::size_t loop) {
    try {
        shard.feed.wake();
    } catch (...) {
        log::error("hub: loop-{} could not be woken: {}", loop, fault_name());
    }
}

void Hub::tell_progress(Shard& shard, std::size_t loop, events::Offset oldest) {
    const auto position = shard.feed.position();
    const bool behind = position < oldest;
    if (std::exchange(shard.standing_still, behind) || !behind) return;
    log::warn(
        "hub: loop-{} stands still or is too slow: it is {} entries behind and will have to "
        "read them from the journal",
        loop,
        log_.position() - position);
}

FeedStats Hub::feed_stats() const {
    FeedStats stats;
    const auto newest = log_.position();
    for (const auto& shard : shards_) {
        stats.entries_behind =
            std::max(stats.entries_behind, newest - std::min(newest, shard->feed.position()));
        stats.catch_ups += shard->feed.catch_ups();
    }
    return stats;
}

Durations Hub::latency() const {
    Durations sum;
    for (const auto& shard : shards_) shard->feed.latency().add_to(sum);
    return sum;
}

void Hub::collect_stats(std::function<void(HubStats)> done) {
    auto census = std::make_shared<Census>();
    census->loops_left = shards_.size();
    for (auto& shard : shards_) {
        boost::asio::post(shard->executor, [shard = shard.get(), census, done] {
            const std::scoped_lock lock(census->mutex);
            census->sums.total_connections += shard->hub.size();
            census->sums.graphql_subscriptions += shard->hub.publication_subscribers();
            census->sums.subscriptions += shard->hub.topics().subscriptions();
            census->sums.deliveries += shard->hub.deliveries();
            census->sums.refused_subscriptions += shard->users.refused();
            shard->hub.append_users(census->users);
            shard->hub.topics().append_topics(census->topics);
            if (--census->loops_left == 0) done(census->result());
        });
    }
}

}  // namespace rotacast::hub
