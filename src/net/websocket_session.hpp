#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "config/websocket.hpp"
#include "hub/frame.hpp"
#include "hub/send_queue.hpp"
#include "net/deflate.hpp"
#include "net/loops.hpp"
#include "net/outgoing.hpp"
#include "net/stream.hpp"
#include "net/websocket_frames.hpp"
#include "net/websocket_handler.hpp"

namespace rotacast::net {

/// Limits of a WebSocket session; shared by all sessions of an endpoint.
struct WebSocketOptions {
    std::uint64_t max_message_bytes = config::Websocket{}.max_message_bytes;
    std::size_t send_queue_bytes_max = config::Websocket{}.send_queue_bytes;
    hub::SlowConsumerPolicy policy = hub::SlowConsumerPolicy::close;
    /// After this time of silence the peer is pinged; after idle_timeout the connection ends
    /// (SessionEnd::silent).
    std::chrono::milliseconds ping_interval =
        std::chrono::seconds(config::Websocket{}.ping_interval_s);
    std::chrono::milliseconds idle_timeout =
        std::chrono::seconds(config::Websocket{}.idle_timeout_s);
    /// The peer's time to receive the rest, answer our close frame and close its end.
    std::chrono::milliseconds close_timeout{5'000};
    /// For code that answers upgrades and encodes messages. The session itself inflates compressed
    /// messages if that was agreed on, and sends frames as they are passed to it.
    DeflateOptions deflate{};
};

/// One RFC 6455 connection after its upgrade. Reads into the loop's scratch memory when the socket
/// is readable; sends without waiting and keeps only what the kernel did not accept. So an idle
/// connection consists of this object, its handler and one pending wait, about 700 bytes.
///
/// Its loop and its pending operations keep it alive until the connection is gone; nobody may keep
/// it longer than its loop. All functions must be called on the loop's thread; none of them calls
/// the handler before it returns.
class WebSocketSession final : public LoopMember,
                               public std::enable_shared_from_this<WebSocketSession>,
                               private Outgoing::Owner {
  public:
    /// Starts the session on `loop`, on whose thread it must be called, and calls on_open before it
    /// returns. `early`: bytes that followed the upgrade request. `deflate`: the 101 has accepted
    /// permessage-deflate.
    static void start(Loop& loop,
                      Stream stream,
                      ConnectionSlot slot,
                      std::unique_ptr<WebSocketHandler> handler,
                      std::shared_ptr<const WebSocketOptions> options,
                      std::span<std::uint8_t> early,
                      bool deflate);

    /// Sends one or more whole server frames. What cannot be sent at once waits in the send queue;
    /// an overflow ends the session (SessionEnd::slow) or drops events, as the policy says.
    /// Does nothing once the session is closing.
    void send(hub::Frame frame, hub::FrameKind kind = hub::FrameKind::event);

    /// Sends one message that is not shared, as a reply.
    void send_text(std::string_view text);
    void send_binary(std::string_view bytes);

    /// Starts the close handshake: what is queued is sent first; the peer's response is waited for
    /// at most close_timeout. `reason` is cut to 123 bytes.
    void close(std::uint16_t code, std::string_view reason);

    /// Something that belongs to this connection has failed: nothing more is sent or passed to the
    /// handler, and the next tick ends it (SessionEnd::fault). Needs no memory.
    void end_by_fault() noexcept { faulted_ = state_ == State::open; }

    /// Stops passing messages to the handler until resume_reading(), for handlers that are behind.
    /// Bytes accumulate at the sender, not here. Pings are not answered meanwhile. Both are
    /// idempotent.
    void pause_reading() noexcept { paused_ = true; }
    void resume_reading();

    /// Reports to a slow client what it misses; `encoder` is the handler, or must live as long.
    void tell_gaps(const hub::GapEncoder& encoder) noexcept { outgoing_.tell_gaps(encoder); }

    bool open() const noexcept { return state_ == State::open && !faulted_; }
    /// Whether bytes from the peer, including pongs, arrived after `time`.
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

    // open -> closing (our close frame is in the queue) -> lingering (it was sent and the peer's
    // was received, or none will come: wait for the end of its bytes) -> gone.
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
    void end(SessionEnd why);
    void fail(SessionEnd why);
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
    // Read but not yet passed to the handler, because it paused the session
    std::unique_ptr<std::string> held_;
    // When the peer last sent bytes or, while paused, accepted bytes
    Clock::time_point last_progress_;
    Clock::time_point give_up_at_;  // set once closing
    State state_ = State::open;
    bool reading_ = false;  // a wait_readable() is pending
    bool paused_ = false;
    bool pinged_ = false;     // a ping was sent and nothing has arrived since
    bool peer_done_ = false;  // its close frame was received, or none will come
    bool resuming_ = false;   // a call of process_held() is posted
    bool told_closed_ = false;
    bool faulted_ = false;
};

}  // namespace rotacast::net
