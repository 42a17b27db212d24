#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "hub/frame.hpp"
#include "hub/send_queue.hpp"
#include "net/loops.hpp"
#include "net/outgoing.hpp"
#include "net/sse_handler.hpp"
#include "net/stream.hpp"

namespace rotacast::net {

/// Bounds of a stream of server-sent events; shared by all streams of an endpoint.
struct SseOptions {
    std::size_t send_queue_bytes_max = 1024 * 1024;
    hub::SlowConsumerPolicy policy = hub::SlowConsumerPolicy::close;
    /// Silence after which a comment is sent.
    std::chrono::milliseconds ping_interval{20'000};
    /// A client that takes nothing of what it is sent for so long is gone.
    std::chrono::milliseconds idle_timeout{40'000};
    /// What a client gets to take the rest and close its end.
    std::chrono::milliseconds close_timeout{5'000};
};

/// One response of Content-Type text/event-stream (HTML standard, §9.2) after its head: it ends
/// with the connection, so that all streams can share the bytes of their records. The client has
/// nothing more to say; what it sends is dropped, and that it leaves is noticed at once.
///
/// An idle stream is this object, its handler and one pending wait. Its loop and its pending
/// operations keep it alive; nobody may keep it beyond its loop. All functions belong to the
/// loop's thread; none of them calls the handler before it returns.
class SseSession final : public LoopMember,
                         public std::enable_shared_from_this<SseSession>,
                         private Outgoing::Owner {
  public:
    /// Starts the session on `loop`, where the caller must be, and calls on_open before it returns.
    static void start(Loop& loop,
                      Stream stream,
                      ConnectionSlot slot,
                      std::unique_ptr<SseHandler> handler,
                      std::shared_ptr<const SseOptions> options);

    /// Sends one or several whole records. What does not go at once waits in the send queue; an
    /// overflow ends the session or drops events, as the policy says. Nothing happens once the
    /// session is closing.
    void send(hub::Frame frame, hub::FrameKind kind = hub::FrameKind::event);
    /// The same for records that are not for sharing.
    void send_text(std::string records);

    /// Something that belongs to this stream has failed: nothing is sent any more, and the next
    /// tick ends it. Needs no memory.
    void end_by_fault() noexcept { faulted_ = state_ == State::open; }

    /// Ends the stream behind what is queued.
    void close();

    /// What a slow client misses is told in its place; `teller` is the handler, or lives as long.
    void tell_gaps(const hub::GapEncoder& teller) noexcept { outgoing_.tell_gaps(teller); }

    bool open() const noexcept { return state_ == State::open && !faulted_; }
    std::size_t queued_bytes() const noexcept { return outgoing_.queued_bytes(); }
    std::uint32_t dropped_frames() const noexcept { return outgoing_.dropped_frames(); }
    Loop& loop() noexcept { return loop_; }

    // LoopMember
    void on_tick(const Tick& tick) override;
    void on_draining(std::chrono::milliseconds in, std::chrono::milliseconds come_back_in) override;
    void on_drain() override;
    void abort() override;

    /// For start() alone.
    SseSession(Loop& loop,
               Stream stream,
               ConnectionSlot slot,
               std::unique_ptr<SseHandler> handler,
               std::shared_ptr<const SseOptions> options);

  private:
    using Clock = std::chrono::steady_clock;

    // open -> closing (the rest is being sent) -> lingering (all is sent: wait for the client's
    // end) -> gone.
    enum class State : std::uint8_t { open, closing, lingering, gone };

    void begin();
    void give_up_on_silent_peers();
    void wait_readable();
    void on_readable(error_code error);

    void flush();
    void on_flushed();
    void tick_open(const Tick& tick);
    void cut(SseEnd end);
    void tell_closed(SseEnd end);

    // Outgoing::Owner
    std::shared_ptr<Outgoing::Owner> keep() override;
    void on_writable(error_code error) override;

    template <class Call>
    void call_handler(Call&& call);

    Loop& loop_;
    Stream stream_;
    ConnectionSlot slot_;
    std::unique_ptr<SseHandler> handler_;
    std::shared_ptr<const SseOptions> options_;
    Outgoing outgoing_;
    Clock::time_point last_sent_;   // bytes went to the kernel, or began to wait for it
    Clock::time_point give_up_at_;  // once closing
    State state_ = State::open;
    bool told_closed_ = false;
    bool faulted_ = false;
};

}  // namespace rotacast::net
