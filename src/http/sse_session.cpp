#include "http/sse_session.hpp"

#include "base/fault.hpp"
#include "base/log.hpp"

#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace rotacast::http {
void SseSession::start(net::Loop& loop,
                       net::Stream stream,
                       net::ConnectionSlot slot,
                       std::unique_ptr<SseHandler> handler,
                       BodyFraming framing,
                       std::shared_ptr<const SseOptions> options) {
    auto session = std::make_shared<SseSession>(
        loop, std::move(stream), std::move(slot), std::move(handler), framing, std::move(options));
    loop.add(session);
    session->begin();
}

SseSession::SseSession(net::Loop& loop,
                       net::Stream stream,
                       net::ConnectionSlot slot,
                       std::unique_ptr<SseHandler> handler,
                       BodyFraming framing,
                       std::shared_ptr<const SseOptions> options)
    : loop_(loop),
      stream_(std::move(stream)),
      slot_(std::move(slot)),
      handler_(std::move(handler)),
      options_(std::move(options)),
      outgoing_(*this, stream_, loop.sse_stats(), options_->send_queue_bytes_max, options_->policy),
      last_sent_(loop.tick().steady),
      framing_(framing) {}

void SseSession::begin() {
    loop_.sse_stats().opened.add();
    give_up_on_silent_peers();
    call_handler([this] { handler_->on_open(shared_from_this()); });
    wait_readable();
}

// Clients do not respond to comments. Only the kernel notices that a peer has vanished silently,
// and by default it keeps trying for a quarter of an hour (RFC 5482).
void SseSession::give_up_on_silent_peers() {
    const auto timeout_ms = static_cast<unsigned>(options_->idle_timeout.count());
    ::setsockopt(stream_.socket().native_handle(),
                 IPPROTO_TCP,
                 TCP_USER_TIMEOUT,
                 &timeout_ms,
                 sizeof timeout_ms);
}

// ------------------------------------------------------------------------------------- reading

void SseSession::wait_readable() {
    if (state_ == State::gone) return;
    stream_.wait_readable(
        [self = shared_from_this()](net::error_code error) { self->on_readable(error); });
}

void SseSession::on_readable(net::error_code error) {
    if (state_ == State::gone) return;
    if (error) return cut(SseEnd::gone);
    for (int turn = 0; turn < net::reads_per_turn_max; ++turn) {
        const net::IoStep step = stream_.read_some(loop_.scratch());
        if (step.error) return cut(SseEnd::gone);
        if (step.would_block()) break;
    }
    wait_readable();
}

// ------------------------------------------------------------------------------------- sending

void SseSession::send(hub::Frame frame, hub::FrameKind kind) {
    if (!open() || frame.bytes.empty()) return;
    if (outgoing_.idle()) last_sent_ = loop_.tick().steady;
    switch (outgoing_.send(std::move(frame), kind)) {
        case net::Outgoing::Outcome::ok: return;
        case net::Outgoing::Outcome::broken: return cut(SseEnd::gone);
        case net::Outgoing::Outcome::overflow: return end_slow_consumer();
    }
}

void SseSession::send_text(std::string_view records) {
    send(hub::Frame::of(framed(records)), hub::FrameKind::reply);
}

std::string SseSession::framed(std::string_view records) const {
    std::string part;
    append_body(part, framing_, records);
    return part;
}

void SseSession::flush() {
    const auto waited = outgoing_.queued_bytes();
    if (outgoing_.flush() != net::Outgoing::Outcome::ok) return cut(SseEnd::gone);
    if (outgoing_.queued_bytes() < waited) last_sent_ = loop_.tick().steady;
    on_flushed();
}

std::shared_ptr<net::Outgoing::Owner> SseSession::keep() {
    return {shared_from_this(), this};
}

void SseSession::on_writable(net::error_code error) {
    if (state_ == State::gone) return;
    if (error) return cut(SseEnd::gone);
    flush();
}

// Called on the loop, never from within send().
void SseSession::on_flushed() {
    if (open()) {
        if (outgoing_.take_drained()) call_handler([this] { handler_->on_drained(); });
        return;
    }
    if (state_ != State::closing || !outgoing_.idle()) return;
    // Bytes from the client would cause a reset if the socket were closed at once, and the reset
    // could overtake our last records.
    state_ = State::lingering;
    stream_.shutdown_send();
}

// ------------------------------------------------------------------------------------- the end

void SseSession::close() {
    if (open()) finish(SseEnd::closed, {});
}

void SseSession::finish(SseEnd end, std::string_view last_records) {
    auto last = framed(last_records);
    if (framing_ == BodyFraming::chunked) last += last_chunk;
    state_ = State::closing;
    give_up_at_ = loop_.tick().steady + options_->close_timeout;
    outgoing_.push_last(hub::Frame::of(std::move(last)));
    tell_closed(end);
    flush();
}

// Does not wait for what is queued; only a frame that was partly sent must be finished.
void SseSession::end_slow_consumer() {
    const auto last_records = farewell(ErrorCode::slow_consumer);
    if (last_records.empty()) return cut(SseEnd::slow_consumer);
    outgoing_.drop_unbegun();
    finish(SseEnd::slow_consumer, last_records);
}

// A handler that has no words left must not keep the stream from ending.
std::string SseSession::farewell(ErrorCode reason) const noexcept {
    try {
        return handler_ ? handler_->farewell(reason) : std::string();
    } catch (...) {
        return {};
    }
}

// A partial record does no harm: clients drop what the end of the stream cuts off (§9.2.6), and
// without the last chunk they know that it was.
void SseSession::cut(SseEnd end) {
    if (state_ == State::gone) return;
    state_ = State::gone;
    outgoing_.clear();
    stream_.close();
    slot_ = {};
    tell_closed(end);
    loop_.post([self = shared_from_this()] { self->loop_.remove(*self); });
}

// Posted, so that a handler (or the hub, while it iterates over subscribers) may send and close
// without being called back.
void SseSession::tell_closed(SseEnd end) {
    if (std::exchange(told_closed_, true)) return;
    loop_.sse_stats().closed.add();
    if (end == SseEnd::slow_consumer) loop_.sse_stats().slow_consumers.add();
    loop_.post([self = shared_from_this(), end] {
        self->call_handler([&] { self->handler_->on_closed(end); });
        self->handler_.reset();
    });
}

void SseSession::on_tick(const net::Tick& tick) {
    loop_.note_queued(outgoing_.queued_bytes());
    if (std::exchange(faulted_, false) && open())
        finish(SseEnd::closed, farewell(ErrorCode::internal));
    if (open()) return tick_open(tick);
    if (state_ != State::gone && tick.steady >= give_up_at_) cut(SseEnd::gone);
}

void SseSession::tick_open(const net::Tick& tick) {
    const auto silence = tick.steady - last_sent_;
    if (outgoing_.queued_bytes() > 0 && silence >= options_->idle_timeout) return cut(SseEnd::gone);
    if (outgoing_.idle() && silence >= options_->ping_interval) {
        const auto part = framed(handler_->keep_alive());
        send({nullptr, part}, hub::FrameKind::reply);
    }
    call_handler([&] { handler_->on_tick(tick.wall); });
}

void SseSession::on_draining(std::chrono::milliseconds in, std::chrono::milliseconds come_back_in) {
    if (open()) call_handler([&] { handler_->on_draining(in, come_back_in); });
}

void SseSession::on_drain() {
    if (open()) finish(SseEnd::closed, farewell(ErrorCode::unavailable));
}

void SseSession::abort() {
    cut(SseEnd::closed);
}

template <class Call>
void SseSession::call_handler(Call&& call) {
    if (!handler_) return;
    try {
        call();
    } catch (...) {
        loop_.sse_stats().handler_faults.add();
        log::error("event stream: a handler failed: {}", fault_name());
        end_by_fault();
    }
}

}  // namespace rotacast::http
