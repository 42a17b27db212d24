#pragma once

// The part of the hub that lives on one loop: its subscribers, and who receives what of a batch.

#include "hub/recent_batches.hpp"
#include "hub/shared_pages.hpp"
#include "hub/shown_early.hpp"
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
    /// `position`: the newest entry of the journal before the first batch; `epoch`: of the journal.
    explicit LoopHub(events::Offset position = 0, RecentBounds bounds = {}, std::string epoch = {})
        : recent_(position, bounds, std::move(epoch)) {}

    /// From now on the subscriber receives what it watches and what is for everybody. A subscriber
    /// that throws when called is detached and told so (Subscriber::on_fault); others are not
    /// affected.
    void attach(Subscriber& subscriber);
    /// Also drops its subscriptions. May be called while a batch is being delivered.
    void detach(Subscriber& subscriber);

    TopicIndex& topics() { return topics_; }
    const TopicIndex& topics() const { return topics_; }
    /// Attached connections. Subscribers that receive publications are parts of a connection and do
    /// not count.
    std::size_t size() const { return members_.size() - publication_subscribers_; }
    std::size_t publication_subscribers() const { return publication_subscribers_; }

    /// Appends the user of each attached subscriber; a user appears once per subscriber.
    void append_users(std::vector<Uuid>& to) const;

    /// Whether the subscriber would receive a publication on `topic`: it watches it and may see it
    /// now.
    bool would_receive(const Subscriber& subscriber, const Topic& topic) const;

    /// What was delivered on this loop: a subscriber that is attached now receives everything after
    /// recent().position() and nothing before it.
    const RecentBatches& recent() const { return recent_; }

    /// Gives each subscriber what it watches of the batch: one call, one buffer, in order, each
    /// publication once even if several of its topics match. Subscribers that receive the same
    /// publications in the same encoding share the buffer.
    ///
    /// Before the first batch of another epoch of the journal, and before a batch that does not
    /// follow the last one because entries were trimmed, every subscriber is told of it.
    ///
    /// `shared`: the cache that all loops share for this batch.
    void deliver(const PublicationBatchPtr& batch, SharedResultCache* shared = nullptr);

    /// Gives each subscriber what it watches of a batch whose events have no place in the order yet.
    /// When they come in their places, those who had them are not given them again.
    void show_early(const PublicationBatchPtr& batch);

    std::uint64_t deliveries() const { return deliveries_; }

  private:
    struct SharedFrame {
        Frame frame;
        std::uint32_t receivers = 0;
    };
    /// A set of subscribers that receive the same publications, as a path of steps: all steps of
    /// `parent`, and `step`. Audience 0 receives nothing.
    struct Audience {
        std::uint32_t parent = 0;
        std::uint32_t step = 0;
        std::uint32_t split_step = UINT32_MAX;  ///< the step for which `split_child` is valid
        std::uint32_t split_child = 0;
        bool evaluated = false;  ///< `publications` is valid
        std::vector<std::uint32_t> publications;
        std::array<SharedFrame, encodings_max> frames;
    };
    /// One way in which subscribers differ: those who watch `topic` receive its publications, or
    /// those who had the publications already do not receive them.
    struct Step {
        Topic topic;
        std::vector<std::uint32_t> publications;
        bool leaves_out = false;
    };

    class ScratchGuard;
    struct SubscriberFault;

    void divide(const PublicationBatch& batch);
    void deliver_divided(const PublicationBatchPtr& batch, SharedResultCache* shared);
    void deliver_to(Subscriber& subscriber,
                    const PublicationBatchPtr& batch,
                    SharedResultCache* shared);
    void leave_out_shown(const PublicationBatch& batch);
    bool note_shown(const PublicationBatch& batch);
    void detach_failed(Subscriber& subscriber, const char* fault) noexcept;
    void detach_everybody(const char* fault) noexcept;
    void clear_audiences() noexcept;
    void clear_scratch() noexcept;
    void find_topics_of(const PublicationBatch& batch);
    void refine(std::uint32_t step, const Topic& topic);
    void move_if_allowed(Subscriber& subscriber, std::uint32_t step, const Topic& topic);
    void move_to_audience(Subscriber& subscriber, std::uint32_t step);
    std::span<const std::uint32_t> publications_for(std::uint32_t audience);
    const Frame& frame_for(const PublicationBatch& batch, std::uint32_t audience, EncodingId form);
    void share_pages(SharedFrame& shared);
    void notify_batch_end();
    void tell_break(Break why, const std::string& before, const std::string& now);

    TopicIndex topics_;
    RecentBatches recent_;
    std::vector<Subscriber*> members_;
    std::size_t publication_subscribers_ =
        0;  ///< subscribers in members_ that receive publications
    SubscriberSerial last_serial_ = 0;
    ShownEarly shown_early_;
    bool early_full_ = false;  ///< said in the log
    std::vector<Step> steps_;
    std::vector<Audience> audiences_;
    std::vector<SharedPages> pages_;  ///< of the frames, while a batch is delivered
    /// While a batch is delivered; nullptr for a subscriber that detached meanwhile
    std::vector<Subscriber*> touched_;
    std::uint64_t deliveries_ = 0;
    bool taken_ = false;  ///< while a batch is delivered: somebody received publications
};

}  // namespace rotacast::hub
