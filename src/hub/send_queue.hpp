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

/// What happens to a client that reads more slowly than it is written to.
enum class SlowConsumerPolicy : std::uint8_t {
    close,        ///< the queue refuses the frame and its owner ends the connection
    drop_oldest,  ///< the oldest waiting events are dropped and counted
    /// Only the newest event of each subject is kept; if that is too much, as drop_oldest.
    keep_latest,
};

/// drop_oldest may drop events; replies (acks, errors, control frames) are never dropped.
enum class FrameKind : std::uint8_t { event, reply };

/// A range whose publications will not be sent: after `from`, up to and including `to`.
struct Gap {
    enum class Reason : std::uint8_t {
        slow_consumer,
        superseded,  ///< a later publication of the same subject follows for each missing one
    };
    events::Position from;
    events::Position to;
    Reason reason = Reason::slow_consumer;
};

/// Encodes gaps for a protocol. An empty frame means that the protocol does not report gaps.
class GapEncoder {
  public:
    virtual Frame encode(const Gap& gap) const = 0;

  protected:
    ~GapEncoder() = default;
};

/// What could not yet be sent to one connection: references to shared frames, first in, first out.
/// Bounded in bytes under every policy (except for gaps, which are small). Holds no heap memory
/// while empty. No socket, no clock; one thread at a time.
///
/// A frame of which a part was sent is "begun": it stays until it is sent completely, because the
/// receiver would read any other bytes as its rest.
///
/// A gap replaces dropped events; adjacent gaps are merged.
///
/// If a call throws (no memory, or the encoder of gaps), the queue stays in order, perhaps with
/// only the begun frame left; the connection must then be ended.
class SendQueue {
  public:
    enum class Outcome : std::uint8_t {
        queued,
        dropped,   ///< drop_oldest: there was no room for this frame itself
        overflow,  ///< not queued: the owner must end the connection
    };

    SendQueue(std::size_t bytes_max, SlowConsumerPolicy policy) noexcept
        : bytes_max_(bytes_max), policy_(policy) {}

    /// From now on gaps are reported. `encoder` must outlive the queue.
    void tell_gaps(const GapEncoder& encoder) noexcept { gap_encoder_ = &encoder; }

    /// Queues `frame`; drops older events to make room if the policy says so.
    Outcome push(Frame frame, FrameKind kind);

    /// Queues the rest of a frame after its first `sent` bytes. The queue must be empty. Never
    /// refused: a partly sent frame cannot be taken back.
    void push_begun(Frame frame, FrameKind kind, std::size_t sent);

    /// Queues the connection's last frame, even beyond the bound.
    void push_last(Frame frame);

    /// Fills `out` with the next bytes to send, in order; returns the number of views filled.
    std::size_t gather(std::span<std::string_view> out) const noexcept;

    /// Removes the first `bytes` of what gather() returned; they were sent.
    void consume(std::size_t bytes) noexcept;

    /// Drops everything except the rest of a begun frame.
    void drop_unbegun() noexcept;

    void clear() noexcept;

    bool empty() const noexcept { return head_ == entries_.size(); }
    std::size_t frames() const noexcept { return entries_.size() - head_; }
    /// Bytes still to be sent.
    std::size_t bytes() const noexcept { return bytes_; }
    std::size_t bytes_max() const noexcept { return bytes_max_; }
    /// Frames dropped so far.
    std::uint32_t dropped_frames() const noexcept { return dropped_; }

  private:
    struct Entry {
        Frame frame;
        FrameKind kind;
        std::unique_ptr<Gap> gap;  // the gap that the frame reports, if any
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

    std::vector<Entry> entries_;  // live entries start at head_
    std::uint32_t head_ = 0;
    std::uint32_t dropped_ = 0;
    std::size_t head_sent_ = 0;  // bytes of the head that were sent
    std::size_t bytes_ = 0;
    std::size_t bytes_max_;
    const GapEncoder* gap_encoder_ = nullptr;
    SlowConsumerPolicy policy_;
};

}  // namespace rotacast::hub
