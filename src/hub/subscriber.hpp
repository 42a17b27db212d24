#pragma once

#include "hub/frame.hpp"
#include "hub/publication.hpp"
#include "hub/shown_early.hpp"
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

/// The encoding of subscribers that receive publications and encode them themselves.
inline constexpr EncodingId as_publications = 0xff;

/// Publications of a batch for one subscriber: at least one, ascending. Valid during the call.
struct PublicationSlice {
    const PublicationBatchPtr& batch;
    std::span<const std::uint32_t> indexes;
    /// Shared by all recipients of this batch; nullptr: there are no others.
    SharedResultCache* shared;
};

/// Why the journal does not go on where it ended.
enum class Break : std::uint8_t {
    epoch_changed,  ///< it has lost entries, and their offsets are assigned anew in another epoch
    trimmed,        ///< entries in between are not to be had
};

/// A receiver on one loop: a connection of any transport or a part of one. It may subscribe before
/// it is attached, but receives nothing until then. It must be detached from its LoopHub before it
/// is destroyed. All calls come on its loop.
class Subscriber {
  public:
    Subscriber(const Subscriber&) = delete;
    Subscriber& operator=(const Subscriber&) = delete;

    /// Receives bytes to send. May detach itself or others from the hub.
    virtual void deliver(const Frame& frame) = 0;

    /// Replaces deliver() for the encoding as_publications.
    virtual void on_publications(const PublicationSlice&) {}
    /// Called after the last on_publications() of a batch, so that all of it can be sent at once.
    /// May detach as deliver() may.
    virtual void on_batch_end() {}

    /// Called after one of these calls threw. The subscriber is detached and may have missed
    /// publications, so its connection or operation must end, but nothing else.
    virtual void on_fault() noexcept {}

    /// Nothing more comes after the cursor `before`; what comes next follows `now`. Returns whether
    /// the client is told so. If it cannot be told that entries were trimmed, the subscriber is
    /// detached and on_fault() is called. May detach as deliver() may.
    virtual bool journal_broke(Break why, std::string_view before, std::string_view now) {
        (void)why, (void)before, (void)now;
        return false;
    }

    /// Asked for every topic of every batch, so that a change of rights takes effect at once.
    virtual bool may_receive(const Topic& topic) const = 0;

    /// The user of the connection. Asked while it is attached.
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

    /// The subscriber's position in the entry of a topic, so that removal is O(1).
    struct Subscription {
        TopicEntry* entry;
        std::uint32_t position;
    };

    std::vector<Subscription> subscriptions_;
    std::uint32_t member_position_ = 0;  ///< in LoopHub's list of members
    std::uint32_t audience_ = 0;         ///< scratch of LoopHub::deliver, 0 outside of it
    SubscriberSerial serial_ = 0;        ///< given by the first LoopHub::attach
    EncodingId encoding_;
    bool attached_ = false;
};

}  // namespace rotacast::hub
