#pragma once

// One connection that is sent a stream of messages, mostly server-sent events (WHATWG HTML, section
// 9.2), after its request.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "config/websocket.hpp"
#include "http/body_framing.hpp"
#include "http/sse_handler.hpp"
#include "hub/frame.hpp"
#include "hub/send_queue.hpp"
#include "net/loops.hpp"
#include "net/outgoing.hpp"
#include "net/stream.hpp"

namespace rotacast::http {

/// Limits of a stream; shared by all streams of an endpoint.
struct SseOptions {
    std::size_t send_queue_bytes_max = config::Websocket{}.send_queue_bytes;
    hub::SlowConsumerPolicy policy = hub::SlowConsumerPolicy::close;
    /// The handler's keep_alive() is sent after this time of silence.
    std::chrono::milliseconds ping_interval =
        std::chrono::seconds(config::Websocket{}.ping_interval_s);
    /// A client that accepts none of what it is sent for this time is considered gone.
    std::chrono::milliseconds idle_timeout =
        std::chrono::seconds(config::Websocket{}.idle_timeout_s);
    /// The client's time to receive the rest and close its end.
    std::chrono::milliseconds close_timeout{5'000};
};

/// The body of one response, after its head. Frames come with their framing as part of a body, so
/// that all streams with the same framing can share their bytes (ADR 0044). The connection ends
/// with the stream: a chunked body by its last chunk, if the server ended it on purpose. Whatever
/// the client sends is dropped; that it disconnects is noticed at once.
///
/// An idle stream consists of this object, its handler and one pending wait. Its loop and its
/// pending operations keep it alive; nobody may keep it longer than its loop. All functions must be
/// called on the loop's thread; none of them calls the handler before it returns.
class SseSession final : public net::LoopMember,
                         public std::enable_shared_from_this<SseSession>,
                         private net::Outgoing::Owner {
  public:
    /// Starts the session on `loop`, on whose thread it must be called, and calls on_open before it
    /// returns.
    static void start(net::Loop& loop,
                      net::Stream stream,
                      net::ConnectionSlot slot,
                      std::unique_ptr<SseHandler> handler,
                      BodyFraming framing,
                      std::shared_ptr<const SseOptions> options);

    /// Sends one or more whole records, framed as framing() says. What cannot be sent at once waits
    /// in the send queue; an overflow ends the session or drops events, as the policy says. Does
    /// nothing once the session is closing.
    void send(hub::Frame frame, hub::FrameKind kind = hub::FrameKind::event);
    /// Frames and sends records that are not shared.
    void send_text(std::string_view records);
    /// Records as a part of this body.
    std::string framed(std::string_view records) const;

    /// Something that belongs to this stream has failed: nothing more is sent, and the next tick
    /// ends it. Needs no memory.
    void end_by_fault() noexcept { faulted_ = state_ == State::open; }

    /// Ends the stream after what is queued.
    void close();

    /// Reports to a slow client what it misses; `encoder` is the handler, or must live as long.
    void tell_gaps(const hub::GapEncoder& encoder) noexcept { outgoing_.tell_gaps(encoder); }

    BodyFraming framing() const noexcept { return framing_; }
    bool open() const noexcept { return state_ == State::open && !faulted_; }
    std::size_t queued_bytes() const noexcept { return outgoing_.queued_bytes(); }
    std::uint32_t dropped_frames() const noexcept { return outgoing_.dropped_frames(); }
    net::Loop& loop() noexcept { return loop_; }

    // LoopMember
    void on_tick(const net::Tick& tick) override;
    void on_draining(std::chrono::milliseconds in, std::chrono::milliseconds come_back_in) override;
    void on_drain() override;
    void abort() override;

    /// For start() alone.
    SseSession(net::Loop& loop,
               net::Stream stream,
               net::ConnectionSlot slot,
               std::unique_ptr<SseHandler> handler,
               BodyFraming framing,
               std::shared_ptr<const SseOptions> options);

  private:
    using Clock = std::chrono::steady_clock;

    // open -> closing (the rest is being sent) -> lingering (all was sent: wait for the client's
    // end) -> gone.
    enum class State : std::uint8_t { open, closing, lingering, gone };

    void begin();
    void give_up_on_silent_peers();
    void wait_readable();
    void on_readable(net::error_code error);

    void flush();
    void on_flushed();
    void tick_open(const net::Tick& tick);
    void finish(SseEnd end, std::string_view last_records);
    void end_slow_consumer();
    std::string farewell(ErrorCode reason) const noexcept;
    void cut(SseEnd end);
    void tell_closed(SseEnd end);

    // Outgoing::Owner
    std::shared_ptr<net::Outgoing::Owner> keep() override;
    void on_writable(net::error_code error) override;

    template <class Call>
    void call_handler(Call&& call);

    net::Loop& loop_;
    net::Stream stream_;
    net::ConnectionSlot slot_;
    std::unique_ptr<SseHandler> handler_;
    std::shared_ptr<const SseOptions> options_;
    net::Outgoing outgoing_;
    Clock::time_point last_sent_;   // when bytes were last passed to the kernel or queued
    Clock::time_point give_up_at_;  // set once closing
    const BodyFraming framing_;
    State state_ = State::open;
    bool told_closed_ = false;
    bool faulted_ = false;
};

}  // namespace rotacast::http
