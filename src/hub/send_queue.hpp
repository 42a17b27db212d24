#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "events/cursor.hpp"
#include "hub/frame.hpp"

namespace rotacast::hub {

/// What happens to somebody who does not read as fast as is written to them.
enum class SlowConsumerPolicy : std::uint8_t {
    close,        ///< the queue refuses, its owner ends the connection
    drop_oldest,  ///< the oldest waiting events go, and are counted
    keep_latest,  ///< of each subject the newest stays; if that is too much, as drop_oldest
};

/// Events may be dropped by drop_oldest; replies (acks, errors, control frames) never are.
enum class FrameKind : std::uint8_t { event, reply };

/// A range in which publications will not be sent: behind `from`, up to and with `to`.
struct Gap {
    enum class Reason : std::uint8_t {
        slow_consumer,
        superseded,  ///< of each one that is missing a later one of the same subject follows
    };
    events::Position from;
    events::Position to;
    Reason reason = Reason::slow_consumer;
};

/// Spells gaps for a wire. An empty frame: this protocol does not tell.
class GapEncoder {
  public:
    virtual Frame spell(const Gap& gap) const = 0;

  protected:
    ~GapEncoder() = default;
};

/// What one connection could not be sent yet: references to shared frames, first in, first out.
/// Bounded in bytes, whatever the policy (but for gaps, which are small). Holds no heap memory
/// while empty. No socket, no clock; one thread at a time.
///
/// A frame of which a part was sent is "begun": it stays until it is sent whole, since whatever
/// else came next would be read as its rest.
///
/// Where events are let go a gap stands in their place; gaps that meet become one.
///
/// What throws (no memory, the teller) leaves the queue in order, perhaps with the begun frame
/// alone: then the connection has to end.
class SendQueue {
  public:
    enum class Outcome : std::uint8_t {
        queued,
        dropped,   ///< drop_oldest: this very frame found no room
        overflow,  ///< not queued: the owner has to end the connection
    };

    SendQueue(std::size_t bytes_max, SlowConsumerPolicy policy) noexcept
        : bytes_max_(bytes_max), policy_(policy) {}

    /// From now on gaps are told. `teller` outlives the queue's use.
    void tell_gaps(const GapEncoder& teller) noexcept { teller_ = &teller; }

    /// Takes `frame`, dropping older events for it if the policy says so.
    Outcome push(Frame frame, FrameKind kind);

    /// Takes what is left of a frame after its first `sent` bytes. Only into an empty queue, and
    /// never refused: half a frame cannot be taken back.
    void push_begun(Frame frame, FrameKind kind, std::size_t sent);

    /// Takes the connection's last frame, over the bound if need be.
    void push_last(Frame frame);

    /// Fills `out` with the next bytes to send, in order; answers how many views were filled.
    std::size_t gather(std::span<std::string_view> out) const noexcept;

    /// The first `bytes` of what gather() gave were sent.
    void consume(std::size_t bytes) noexcept;

    /// Forgets everything but the rest of a begun frame.
    void drop_unbegun() noexcept;

    void clear() noexcept;

    bool empty() const noexcept { return head_ == entries_.size(); }
    std::size_t frames() const noexcept { return entries_.size() - head_; }
    /// Bytes still to be sent.
    std::size_t bytes() const noexcept { return bytes_; }
    std::size_t bytes_max() const noexcept { return bytes_max_; }
    /// Frames that drop_oldest let go, ever.
    std::uint32_t dropped_frames() const noexcept { return dropped_; }

  private:
    struct Entry {
        Frame frame;
        FrameKind kind;
        std::unique_ptr<Gap> gap;  // what the frame tells, if it tells one
    };

    struct Missing;

    bool fits(std::size_t size) const noexcept { return bytes_ + size <= bytes_max_; }
    std::size_t first_unbegun() const noexcept { return head_ + (head_sent_ > 0 ? 1 : 0); }
    bool drop_oldest_event();
    void keep_latest();
    void take_back_gaps(std::vector<Entry>& waiting, Missing& missing);
    void supersede(std::vector<Entry>& waiting, Missing& missing);
    void lose_oldest(std::vector<Entry>& waiting, Missing& missing);
    void drop(const Frame& frame);
    std::optional<Entry> gap_entry(const Gap& gap) const;
    bool widen(Entry& entry, const Gap& more);
    void erase(std::size_t at) noexcept;
    void append(const Frame& frame, FrameKind kind);
    void forget_sent() noexcept;

    std::vector<Entry> entries_;  // live ones from head_ on
    std::uint32_t head_ = 0;
    std::uint32_t dropped_ = 0;
    std::size_t head_sent_ = 0;  // bytes of the head that are gone
    std::size_t bytes_ = 0;
    std::size_t bytes_max_;
    const GapEncoder* teller_ = nullptr;
    SlowConsumerPolicy policy_;
};

}  // namespace rotacast::hub
