#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "hub/frame.hpp"
#include "hub/send_queue.hpp"
#include "net/deflate.hpp"
#include "net/loops.hpp"
#include "net/outgoing.hpp"
#include "net/stream.hpp"
#include "net/websocket_frames.hpp"
#include "net/websocket_handler.hpp"

namespace rotacast::net {

/// Bounds of a WebSocket session; shared by all sessions of an endpoint.
struct WebSocketOptions {
    std::uint64_t max_message_bytes = 64 * 1024;
    std::size_t send_queue_bytes_max = 1024 * 1024;
    hub::SlowConsumerPolicy policy = hub::SlowConsumerPolicy::close;
    /// Silence after which the peer is pinged, and after which it is given up (1011).
    std::chrono::milliseconds ping_interval{20'000};
    std::chrono::milliseconds idle_timeout{40'000};
    /// What the peer gets to take the rest, answer our close frame and close its end.
    std::chrono::milliseconds close_timeout{5'000};
    /// For whoever answers upgrades and encodes messages. A session inflates what comes compressed
    /// when that was agreed on, and sends frames as they are given to it.
    DeflateOptions deflate{};
};

/// One RFC 6455 connection after its upgrade. Reads into the loop's scratch memory when the socket
/// says it has something; sends without waiting and keeps only what the kernel did not take. So an
/// idle connection is this object, its handler and one pending wait, about 700 bytes.
///
/// Its loop and its pending operations keep it alive until the connection is gone; nobody may keep
/// it beyond its loop. All functions
/// belong to the loop's thread; none of them calls the handler before it returns.
class WebSocketSession final : public LoopMember,
                               public std::enable_shared_from_this<WebSocketSession>,
                               private Outgoing::Owner {
  public:
    /// Starts the session on `loop`, where the caller must be, and calls on_open before it
    /// returns. `early` holds bytes that came behind the upgrade request. `deflate`: the 101 has
    /// accepted permessage-deflate.
    static void start(Loop& loop,
                      Stream stream,
                      ConnectionSlot slot,
                      std::unique_ptr<WebSocketHandler> handler,
                      std::shared_ptr<const WebSocketOptions> options,
                      std::span<std::uint8_t> early,
                      bool deflate);

    /// Sends one or several whole server frames. What does not go at once waits in the send queue;
    /// an overflow ends the session with 1008 `slow_consumer` or drops events, as the policy says.
    /// Nothing happens once the session is closing.
    void send(hub::Frame frame, hub::FrameKind kind = hub::FrameKind::event);

    /// Sends one message that is not for sharing, as a reply.
    void send_text(std::string_view text);
    void send_binary(std::string_view bytes);

    /// Starts the close handshake: what is queued goes first, the peer's answer is awaited at most
    /// close_timeout. `reason` is cut to 123 bytes.
    void close(std::uint16_t code, std::string_view reason);

    /// Something that belongs to this connection has failed: nothing is sent or handed out any
    /// more, and the next tick ends it with 1011. Needs no memory.
    void end_by_fault() noexcept { faulted_ = state_ == State::open; }

    /// Stops handing out messages, until resume_reading(): for handlers that are behind. Bytes pile
    /// up at the sender, not here. Pings stay unanswered meanwhile. Idempotent, both.
    void pause_reading() noexcept { paused_ = true; }
    void resume_reading();

    /// What a slow client misses is told in its place; `teller` is the handler, or lives as long.
    void tell_gaps(const hub::GapEncoder& teller) noexcept { outgoing_.tell_gaps(teller); }

    bool open() const noexcept { return state_ == State::open && !faulted_; }
    /// Whether bytes of the peer have come, pongs too.
    bool heard_since(std::chrono::steady_clock::time_point time) const noexcept {
        return last_progress_ > time;
    }
    bool paused() const noexcept { return paused_; }
    std::size_t queued_bytes() const noexcept { return outgoing_.queued_bytes(); }
    std::uint32_t dropped_frames() const noexcept { return outgoing_.dropped_frames(); }
    Loop& loop() noexcept { return loop_; }

    // LoopMember
    void on_tick(const Tick& tick) override;
    void on_draining(std::chrono::milliseconds in, std::chrono::milliseconds come_back_in) override;
    void on_drain() override;
    void abort() override;

    /// For start() alone.
    WebSocketSession(Loop& loop,
                     Stream stream,
                     ConnectionSlot slot,
                     std::unique_ptr<WebSocketHandler> handler,
                     std::shared_ptr<const WebSocketOptions> options,
                     bool deflate);

  private:
    using Clock = std::chrono::steady_clock;

    // open -> closing (our close frame is in the queue) -> lingering (it is sent and the peer's is
    // here, or none will come: wait for the end of its bytes) -> gone.
    enum class State : std::uint8_t { open, closing, lingering, gone };

    void begin(std::span<std::uint8_t> early);
    void wait_readable();
    void on_readable(error_code error);
    void receive(std::span<std::uint8_t> bytes);
    void read_events(std::span<std::uint8_t> bytes);
    void hold(std::span<const std::uint8_t> bytes);
    void process_held();
    void handle(const FrameEvent& event);
    void deliver(const Message& message);
    void answer_ping(std::string_view payload);
    void answer_close(const Close& close);
    void on_end_of_file();

    void send_message(Opcode opcode, std::string_view payload);
    void send_control(std::string frame);
    void flush();
    void on_flushed();

    // Outgoing::Owner
    std::shared_ptr<Outgoing::Owner> keep() override;
    void on_writable(error_code error) override;

    void start_closing(std::uint16_t code, std::string frame);
    void fail(std::uint16_t code, std::string_view reason);
    void cut();
    void tell_closed();
    void tick_open(const Tick& tick);

    template <class Call>
    void call_handler(Call&& call);

    Loop& loop_;
    Stream stream_;
    ConnectionSlot slot_;
    std::unique_ptr<WebSocketHandler> handler_;
    std::shared_ptr<const WebSocketOptions> options_;
    FrameReader reader_;
    Outgoing outgoing_;
    std::unique_ptr<std::string> held_;  // read but not handed out: we were paused in between
    Clock::time_point last_progress_;    // of the peer: bytes came, or, while paused, bytes went
    Clock::time_point give_up_at_;       // once closing
    State state_ = State::open;
    bool reading_ = false;  // a wait_readable() is pending
    bool paused_ = false;
    bool pinged_ = false;     // and nothing has come since
    bool peer_done_ = false;  // its close frame is here, or none will come
    bool resuming_ = false;   // process_held() is posted
    bool told_closed_ = false;
    bool faulted_ = false;
};

}  // namespace rotacast::net
