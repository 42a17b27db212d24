#include "net/websocket_session.hpp"

#include "base/error.hpp"
#include "base/fault.hpp"
#include "base/log.hpp"

#include <utility>
#include <variant>

namespace rotacast::net {
namespace {

constexpr std::uint16_t code_none = 1005;
constexpr std::uint16_t code_cut = 1006;
constexpr std::uint16_t code_too_big = 1009;

/// The reason as everywhere: the error's name, then what is wrong.
std::string reason_of(const ProtocolError& fault) {
    const auto error =
        fault.close_code == code_too_big ? ErrorCode::too_large : ErrorCode::bad_request;
    return std::string(info(error).name) + ": " + std::string(fault.reason);
}

template <class... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;  // clang deduces this by itself from version 17 on

}  // namespace

Farewell registered_farewell(SessionEnd why) noexcept {
    switch (why) {
        case SessionEnd::slow: return {1008, "slow_consumer"};
        case SessionEnd::silent: return {1011, "keepalive ping timeout"};
        case SessionEnd::fault: return {1011, "internal error"};
        case SessionEnd::shutdown: break;
    }
    return {1001, "going_away"};
}

void WebSocketSession::start(Loop& loop,
                             Stream stream,
                             ConnectionSlot slot,
                             std::unique_ptr<WebSocketHandler> handler,
                             std::shared_ptr<const WebSocketOptions> options,
                             std::span<std::uint8_t> early,
                             bool deflate) {
    auto session = std::make_shared<WebSocketSession>(
        loop, std::move(stream), std::move(slot), std::move(handler), std::move(options), deflate);
    loop.add(session);
    session->begin(early);
}

WebSocketSession::WebSocketSession(Loop& loop,
                                   Stream stream,
                                   ConnectionSlot slot,
                                   std::unique_ptr<WebSocketHandler> handler,
                                   std::shared_ptr<const WebSocketOptions> options,
                                   bool deflate)
    : loop_(loop),
      stream_(std::move(stream)),
      slot_(std::move(slot)),
      handler_(std::move(handler)),
      options_(std::move(options)),
      reader_(FrameLimits{options_->max_message_bytes}, deflate),
      outgoing_(
          *this, stream_, loop.websocket_stats(), options_->send_queue_bytes_max, options_->policy),
      last_progress_(loop.tick().steady) {}

void WebSocketSession::begin(std::span<std::uint8_t> early) {
    loop_.websocket_stats().opened.add();
    call_handler([this] { handler_->on_open(shared_from_this()); });
    receive(early);
    wait_readable();
}

// ------------------------------------------------------------------------------------- reading

void WebSocketSession::wait_readable() {
    const bool wanted = state_ != State::gone && !(paused_ && state_ == State::open);
    if (reading_ || !wanted || held_) return;
    reading_ = true;
    stream_.wait_readable([self = shared_from_this()](error_code error) {
        self->reading_ = false;
        self->on_readable(error);
    });
}

void WebSocketSession::on_readable(error_code error) {
    if (state_ == State::gone) return;
    if (error) return cut();
    const auto scratch = loop_.scratch();
    for (int turn = 0; turn < reads_per_turn_max; ++turn) {
        const IoStep step = stream_.read_some(scratch);
        if (step.error == asio::error::eof) return on_end_of_file();
        if (step.error) return cut();
        if (step.would_block()) break;
        receive(scratch.first(step.bytes));
        if (state_ == State::gone || held_ || (paused_ && open())) return;
        if (step.bytes < scratch.size() && !stream_.secure()) break;
    }
    wait_readable();
}

void WebSocketSession::receive(std::span<std::uint8_t> bytes) {
    if (bytes.empty()) return;
    loop_.websocket_stats().bytes_in.add(bytes.size());
    last_progress_ = loop_.tick().steady;
    pinged_ = false;
    read_events(bytes);
}

// Collects what the handler sends meanwhile, so that many commands in one read are answered by one
// write.
void WebSocketSession::read_events(std::span<std::uint8_t> bytes) {
    const Outgoing::Cork cork(outgoing_);
    while (state_ == State::open || state_ == State::closing) {
        if (paused_ && open()) {
            hold(bytes);
            break;
        }
        const auto event = reader_.next(bytes);
        if (!event) break;
        handle(*event);
    }
    outgoing_.uncork();
    if (outgoing_.queued_bytes() > 0) flush();
}

void WebSocketSession::hold(std::span<const std::uint8_t> bytes) {
    if (bytes.empty()) return;
    held_ =
        std::make_unique<std::string>(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

void WebSocketSession::resume_reading() {
    if (!paused_) return;
    paused_ = false;
    if (state_ == State::gone) return;
    last_progress_ = loop_.tick().steady;
    if (!held_) return wait_readable();
    if (std::exchange(resuming_, true)) return;
    loop_.post([self = shared_from_this()] { self->process_held(); });
}

// Held bytes were already counted as received.
void WebSocketSession::process_held() {
    resuming_ = false;
    if (!held_ || (paused_ && open()) || state_ == State::gone) return;
    const auto held = std::move(held_);
    read_events({reinterpret_cast<std::uint8_t*>(held->data()), held->size()});
    wait_readable();
}

void WebSocketSession::handle(const FrameEvent& event) {
    std::visit(Overloaded{
                   [this](const Message& message) { deliver(message); },
                   [this](const Ping& ping) { answer_ping(ping.payload); },
                   [](const Pong&) {},
                   [this](const Close& close) { answer_close(close); },
                   [this](const ProtocolError& fault) {
                       peer_done_ = true;
                       if (open()) {
                           close(fault.close_code, reason_of(fault));
                       } else {
                           on_flushed();
                       }
                   },
               },
               event);
}

void WebSocketSession::deliver(const Message& message) {
    if (!open()) return;
    loop_.websocket_stats().messages_in.add();
    call_handler([&] {
        if (message.opcode == Opcode::text) {
            handler_->on_text(message.payload);
        } else {
            handler_->on_binary(message.payload);
        }
    });
}

// A peer that sends many pings and does not read loses the pongs, nothing else.
void WebSocketSession::answer_ping(std::string_view payload) {
    if (!open() || outgoing_.queued_bytes() + payload.size() >= outgoing_.bytes_max()) return;
    send_control(make_frame(Opcode::pong, payload));
}

/// RFC 6455 §5.5.1: the response has the code that was received.
void WebSocketSession::answer_close(const Close& close) {
    peer_done_ = true;
    if (!open()) return on_flushed();
    start_closing(
        close.code.value_or(code_none),
        close.code ? close_frame(*close.code, close.reason) : make_frame(Opcode::close, {}));
}

void WebSocketSession::on_end_of_file() {
    peer_done_ = true;
    cut();
}

// ------------------------------------------------------------------------------------- sending

void WebSocketSession::send(hub::Frame frame, hub::FrameKind kind) {
    if (!open() || frame.bytes.empty()) return;
    switch (outgoing_.send(std::move(frame), kind)) {
        case Outgoing::Outcome::ok: return;
        case Outgoing::Outcome::broken: return cut();
        case Outgoing::Outcome::overflow:
            loop_.websocket_stats().slow_consumers.add();
            return fail(SessionEnd::slow);
    }
}

void WebSocketSession::send_text(std::string_view text) {
    send_message(Opcode::text, text);
}

void WebSocketSession::send_binary(std::string_view bytes) {
    send_message(Opcode::binary, bytes);
}

void WebSocketSession::send_message(Opcode opcode, std::string_view payload) {
    if (!open()) return;
    send(hub::Frame::of(make_frame(opcode, payload)), hub::FrameKind::reply);
}

void WebSocketSession::send_control(std::string frame) {
    send(hub::Frame::of(std::move(frame)), hub::FrameKind::reply);
}

void WebSocketSession::flush() {
    const auto waited = outgoing_.queued_bytes();
    if (outgoing_.flush() != Outgoing::Outcome::ok) return cut();
    if (paused_ && outgoing_.queued_bytes() < waited) last_progress_ = loop_.tick().steady;
    if (outgoing_.idle()) on_flushed();
}

std::shared_ptr<Outgoing::Owner> WebSocketSession::keep() {
    return {shared_from_this(), this};
}

void WebSocketSession::on_writable(error_code error) {
    if (state_ == State::gone) return;
    if (error) return cut();
    flush();
}

// Called on the loop, never from within send().
void WebSocketSession::on_flushed() {
    if (open()) {
        if (outgoing_.take_drained()) call_handler([this] { handler_->on_drained(); });
        return;
    }
    if (state_ != State::closing || !peer_done_ || !outgoing_.idle()) return;
    // §7.1.1: the server closes first. Unread bytes would turn the end into a reset, which could
    // overtake our close frame, so wait for the peer's end.
    state_ = State::lingering;
    stream_.shutdown_send();
    wait_readable();
}

// ------------------------------------------------------------------------------------- the end

void WebSocketSession::close(std::uint16_t code, std::string_view reason) {
    if (open()) start_closing(code, close_frame(code, reason));
}

void WebSocketSession::start_closing(std::uint16_t code, std::string frame) {
    state_ = State::closing;
    give_up_at_ = loop_.tick().steady + options_->close_timeout;
    loop_.websocket_stats().count_close(code);
    outgoing_.push_last(hub::Frame::of(std::move(frame)));
    tell_closed();
    flush();
    if (state_ != State::gone) wait_readable();
}

void WebSocketSession::end(SessionEnd why) {
    if (!open()) return;
    const auto [code, reason] = handler_ ? handler_->farewell(why) : registered_farewell(why);
    close(code, reason);
}

// Does not wait for what is queued; only a frame that was partly sent must be finished.
void WebSocketSession::fail(SessionEnd why) {
    outgoing_.drop_unbegun();
    end(why);
}

void WebSocketSession::cut() {
    if (state_ == State::gone) return;
    if (state_ == State::open) loop_.websocket_stats().count_close(code_cut);
    state_ = State::gone;
    outgoing_.clear();
    held_.reset();
    stream_.close();
    slot_ = {};
    tell_closed();
    loop_.post([self = shared_from_this()] { self->loop_.remove(*self); });
}

// Posted, so that a handler (or the hub, while it iterates over subscribers) may send and close
// without being called back.
void WebSocketSession::tell_closed() {
    if (std::exchange(told_closed_, true)) return;
    loop_.post([self = shared_from_this()] {
        self->call_handler([&] { self->handler_->on_closed(); });
        self->handler_.reset();
        // If the handler paused the session, nobody resumes it now, but the held bytes may contain
        // the peer's close frame.
        self->process_held();
        self->wait_readable();
    });
}

void WebSocketSession::on_tick(const Tick& tick) {
    loop_.note_queued(outgoing_.queued_bytes());
    if (std::exchange(faulted_, false)) end(SessionEnd::fault);
    if (open()) return tick_open(tick);
    if (state_ != State::gone && tick.steady >= give_up_at_) cut();
}

void WebSocketSession::tick_open(const Tick& tick) {
    // A paused session reads nothing; then that the peer accepts our bytes is the sign of life.
    if (paused_ && outgoing_.queued_bytes() == 0) last_progress_ = tick.steady;
    const auto silence = tick.steady - last_progress_;
    if (silence >= options_->idle_timeout) {
        fail(SessionEnd::silent);
        return cut();
    }
    if (silence >= options_->ping_interval && !paused_ && !std::exchange(pinged_, true)) {
        send_control(make_frame(Opcode::ping, {}));
    }
    call_handler([&] { handler_->on_tick(tick.wall); });
}

void WebSocketSession::on_draining(std::chrono::milliseconds,
                                   std::chrono::milliseconds come_back_in) {
    if (open()) call_handler([&] { handler_->on_draining(come_back_in); });
}

void WebSocketSession::on_drain() {
    end(SessionEnd::shutdown);
}

void WebSocketSession::abort() {
    cut();
}

template <class Call>
void WebSocketSession::call_handler(Call&& call) {
    if (!handler_) return;
    try {
        call();
    } catch (...) {
        loop_.websocket_stats().handler_faults.add();
        log::error("websocket: a handler failed: {}", fault_name());
        end_by_fault();
    }
}

}  // namespace rotacast::net
