#pragma once

// The part of the hub that lives on one loop: its subscribers, and who gets what of a batch.

#include "hub/recent_batches.hpp"
#include "hub/shared_pages.hpp"
#include "hub/subscriber.hpp"
#include "hub/topic_index.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace rotacast::hub {

/// Thread: its loop's only.
class LoopHub {
  public:
    /// `position`: the journal's newest entry before the first batch; `epoch`: the journal's.
    explicit LoopHub(events::Offset position = 0, RecentBounds bounds = {}, std::string epoch = {})
        : recent_(position, bounds, std::move(epoch)) {}

    /// From now on it gets what it watches, and what is for everybody. One that throws when it is
    /// called is detached and told so (Subscriber::on_fault); the others do not notice.
    void attach(Subscriber& subscriber);
    /// Also drops its subscriptions. Allowed while a batch is being delivered.
    void detach(Subscriber& subscriber);

    TopicIndex& topics() { return topics_; }
    const TopicIndex& topics() const { return topics_; }
    /// Attached connections. Those who take publications are parts of a connection, and no member.
    std::size_t size() const { return members_.size() - takers_; }
    std::size_t takers() const { return takers_; }

    /// Whose connections are attached, each as often as there are.
    void append_users(std::vector<Uuid>& to) const;

    /// Whether a publication on `topic` is for it: watched, and allowed now.
    bool would_receive(const Subscriber& subscriber, const Topic& topic) const;

    /// What has gone over this loop: who is attached now gets everything behind
    /// recent().position(), and nothing before.
    const RecentBatches& recent() const { return recent_; }

    /// Gives each subscriber what it watches of the batch: one call, one buffer, in order, each
    /// publication once however many of its topics match. Subscribers that get the same
    /// publications in the same form share the buffer.
    ///
    /// Behind a hole nobody can be said to have got everything, so all are detached and told so.
    /// The first batch of another epoch of the journal is told to every subscriber before it.
    ///
    /// `shared`: of all loops that this batch goes over.
    void deliver(const PublicationBatchPtr& batch, SharedResultCache* shared = nullptr);

    std::uint64_t deliveries() const { return deliveries_; }

  private:
    /// A set of subscribers that are owed the same publications, as a path of matched topics:
    /// all topics of `parent` and `topic`. Audience 0 is owed nothing.
    struct SharedFrame {
        Frame frame;
        std::uint32_t receivers = 0;
    };
    struct Audience {
        std::uint32_t parent = 0;
        std::uint32_t topic = 0;
        std::uint32_t split_topic = UINT32_MAX;  ///< `split_child` holds for this topic
        std::uint32_t split_child = 0;
        std::vector<std::uint32_t> publications;
        std::array<SharedFrame, wire_forms_max> frames;
    };
    struct MatchedTopic {
        Topic topic;
        std::vector<std::uint32_t> publications;
    };

    class MarksOfOneBatch;
    struct FaultOf;

    void deliver_divided(const PublicationBatchPtr& batch, SharedResultCache* shared);
    void divide(std::span<const MatchedTopic> matched);
    void give_up(Subscriber& subscriber, const char* fault) noexcept;
    void give_up_everybody(const char* fault) noexcept;
    void forget_marks() noexcept;
    std::vector<MatchedTopic> topics_of(const PublicationBatch& batch) const;
    void refine(std::uint32_t topic_number, const Topic& topic);
    void move_to_audience(Subscriber& subscriber, std::uint32_t topic_number, const Topic& topic);
    std::span<const std::uint32_t> owed_to(std::span<const MatchedTopic> matched,
                                           std::uint32_t audience);
    const Frame& frame_for(const PublicationBatch& batch,
                           std::span<const MatchedTopic> matched,
                           std::uint32_t audience,
                           EncodingId form);
    void share_pages(SharedFrame& shared);
    void tell_batch_over();
    void tell_epoch_changed(const std::string& before, const std::string& now);

    TopicIndex topics_;
    RecentBatches recent_;
    std::vector<Subscriber*> members_;
    std::size_t takers_ = 0;  ///< of members_
    std::vector<Audience> audiences_;
    std::vector<SharedPages> pages_;    ///< while delivering, of the frames
    std::vector<Subscriber*> touched_;  ///< while delivering; nullptr where one left meanwhile
    std::uint64_t deliveries_ = 0;
    bool taken_ = false;  ///< while delivering: somebody took publications
};

}  // namespace rotacast::hub
