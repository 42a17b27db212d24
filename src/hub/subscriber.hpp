#pragma once

#include "hub/frame.hpp"
#include "hub/publication.hpp"
#include "hub/topic.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace rotacast::hub {

class TopicIndex;
class LoopHub;
class PublicationBatch;
class SharedResultCache;
using PublicationBatchPtr = std::shared_ptr<const PublicationBatch>;
struct TopicEntry;

/// The form of those who take publications and spell them themselves.
inline constexpr EncodingId as_publications = 0xff;

/// Publications of a batch for one subscriber: at least one, ascending. Lives as long as the call.
struct PublicationSlice {
    const PublicationBatchPtr& batch;
    std::span<const std::uint32_t> indexes;
    SharedResultCache* shared;  ///< of all who get this batch now; nullptr: nobody else does
};

/// One receiving end on one loop: a connection of any transport. It may subscribe before it is
/// attached; it gets nothing until then. It must be detached from its LoopHub before it dies. All
/// calls come on its loop.
class Subscriber {
  public:
    Subscriber(const Subscriber&) = delete;
    Subscriber& operator=(const Subscriber&) = delete;

    /// Takes bytes to send. May detach itself or others from the hub.
    virtual void deliver(const Frame& frame) = 0;

    /// In place of deliver() for the form as_publications.
    virtual void on_publications(const PublicationSlice&) {}
    /// Behind the last take() of a batch, so that all of it leaves at once. May detach as
    /// deliver().
    virtual void on_batch_end() {}

    /// One of the calls here has thrown. It is detached and may have missed publications, so
    /// whatever it stands for has to end, and nothing else.
    virtual void on_fault() noexcept {}

    /// The journal has lost entries and goes on under another epoch: behind `before`, a cursor of
    /// the former one, nothing comes any more; what comes next stands behind `now`. May detach as
    /// deliver().
    virtual void epoch_changed(std::string_view before, std::string_view now) {
        (void)before, (void)now;
    }

    /// Asked for every topic of every batch, so that a change of rights counts at once.
    virtual bool may_receive(const Topic& topic) const = 0;

    /// Whose connection it is. Asked while it is attached.
    virtual Uuid user() const = 0;

    EncodingId encoding() const { return encoding_; }
    bool attached() const { return attached_; }
    std::size_t topic_count() const { return subscriptions_.size(); }

  protected:
    explicit Subscriber(EncodingId form) : encoding_(form) {}
    ~Subscriber() = default;

  private:
    friend class TopicIndex;
    friend class LoopHub;

    /// Where this subscriber stands in the entry of a topic, so that leaving is O(1).
    struct Subscription {
        TopicEntry* entry;
        std::uint32_t position;
    };

    std::vector<Subscription> subscriptions_;
    std::uint32_t member_position_ = 0;  ///< in LoopHub's list of members
    std::uint32_t audience_ = 0;         ///< scratch of LoopHub::deliver, 0 outside of it
    EncodingId encoding_;
    bool attached_ = false;
};

}  // namespace rotacast::hub
