#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "hub/frame.hpp"
#include "hub/send_queue.hpp"
#include "net/stream.hpp"
#include "net/websocket_stats.hpp"

namespace rotacast::net {

/// The sending half of a session of any protocol: sends without waiting and keeps only what the
/// kernel did not accept. So a session with nothing waiting holds no buffer.
///
/// Lives in its session, next to the stream, on one loop. Calls its owner only from the loop, never
/// from within one of the functions here.
class Outgoing {
  public:
    class Owner {
      public:
        /// The owner itself; a pending wait keeps it alive.
        virtual std::shared_ptr<Owner> keep() = 0;
        /// Sending is possible again: call flush(). With an error: it never will be.
        virtual void on_writable(error_code error) = 0;

      protected:
        ~Owner() = default;
    };

    enum class Outcome : std::uint8_t {
        ok,        ///< sent, queued, or dropped as the policy says
        overflow,  ///< not queued: the connection must end by the policy
        broken,    ///< the connection is broken
    };

    /// All references outlive it.
    Outgoing(Owner& owner,
             Stream& stream,
             OutgoingStats& stats,
             std::size_t bytes_max,
             hub::SlowConsumerPolicy policy) noexcept
        : owner_(owner), stream_(stream), stats_(stats), queue_(bytes_max, policy) {}

    /// Reports to a slow client what it misses; `encoder` must outlive the session.
    void tell_gaps(const hub::GapEncoder& encoder) noexcept { queue_.tell_gaps(encoder); }

    [[nodiscard]] Outcome send(hub::Frame frame, hub::FrameKind kind);
    /// Queues the last frame, even beyond the bound.
    void push_last(hub::Frame frame) { queue_.push_last(std::move(frame)); }
    /// Sends what waits, as far as possible; never returns overflow. Does nothing while a wait is
    /// pending, which ends in on_writable().
    [[nodiscard]] Outcome flush();

    /// While one exists, or until uncork(), small frames are collected; flush() must follow.
    class Cork {
      public:
        explicit Cork(Outgoing& outgoing) noexcept : outgoing_(outgoing) {
            outgoing_.corked_ = true;
        }
        Cork(const Cork&) = delete;
        Cork& operator=(const Cork&) = delete;
        ~Cork() { outgoing_.uncork(); }

      private:
        Outgoing& outgoing_;
    };
    void uncork() noexcept { corked_ = false; }

    /// Drops what waits, except the rest of a partly sent frame.
    void drop_unbegun() noexcept { queue_.drop_unbegun(); }
    void clear() noexcept { queue_.clear(); }

    /// Whether everything was passed to the kernel.
    bool idle() const noexcept { return queue_.empty() && !waiting_; }
    /// True once after queued data was sent completely.
    bool take_drained() noexcept { return idle() && std::exchange(drained_due_, false); }

    std::size_t queued_bytes() const noexcept { return queue_.bytes(); }
    std::size_t bytes_max() const noexcept { return queue_.bytes_max(); }
    std::uint32_t dropped_frames() const noexcept { return queue_.dropped_frames(); }

  private:
    Outcome enqueue(hub::Frame frame, hub::FrameKind kind);
    void wait_writable();

    Owner& owner_;
    Stream& stream_;
    OutgoingStats& stats_;
    hub::SendQueue queue_;
    bool waiting_ = false;  // a wait_writable() is pending
    bool corked_ = false;
    bool drained_due_ = false;
};

}  // namespace rotacast::net
