#include "execution/stream.hpp"

#include "http/sse_session.hpp"
#include "live/gap_reason.hpp"

#include <utility>

namespace rotacast::execution {
namespace {

/// What the client should know beyond the advice of the error's code; empty: nothing.
std::string_view last_words(ErrorCode reason) {
    switch (reason) {
        case ErrorCode::unavailable: return "The server is shutting down; subscribe again.";
        case ErrorCode::slow_consumer: return "Read faster; subscribe again with `after`.";
        default: return {};
    }
}

std::size_t append_unframed(std::string& to, std::string_view text) {
    to += text;
    return to.size() - text.size();
}

}  // namespace

Stream::Stream(Environment& environment,
               net::Loop& loop,
               auth::Principal principal,
               live::AdmissionTicket ticket,
               const graphql::StreamEncoder& encoder,
               graphql::Request request)
    : environment_(environment),
      loop_(loop),
      principal_(std::move(principal)),
      ticket_(std::move(ticket)),
      slot_(environment.supervision.open_connections.enter(live::Protocol::graphql_stream)),
      encoder_(encoder),
      request_(std::move(request)),
      ends_with_operation_(true) {}

Stream::Stream(Environment& environment,
               net::Loop& loop,
               auth::Principal principal,
               live::AdmissionTicket ticket,
               OnHandle on_handle)
    : environment_(environment),
      loop_(loop),
      principal_(std::move(principal)),
      ticket_(std::move(ticket)),
      slot_(environment.supervision.open_connections.enter(live::Protocol::graphql_stream)),
      encoder_(graphql::sse_single_encoder()),
      ends_with_operation_(false),
      on_handle_(std::move(on_handle)) {}

void Stream::on_open(std::shared_ptr<http::SseSession> session) {
    session_ = std::move(session);
    session_->tell_gaps(*this);
    self_ = std::make_shared<Stream*>(this);
    environment_.supervision.live_sessions.add(loop_, *this);
    if (on_handle_) on_handle_(self_);
    if (const auto request = std::exchange(request_, std::nullopt)) operations_.start("", *request);
}

void Stream::on_closed(http::SseEnd end) {
    if (end == http::SseEnd::slow_consumer)
        environment_.supervision.refusals.count(ErrorCode::slow_consumer);
    self_.reset();
    if (on_handle_) on_handle_(nullptr);
    operations_.clear();
    environment_.supervision.live_sessions.remove(loop_, *this);
    session_.reset();
}

void Stream::on_tick(Timestamp now) {
    if (now >= principal_.expires_at) return end_refused(ErrorCode::token_expired);
    operations_.on_tick(now);
}

bool Stream::start(const std::string& id, const graphql::Request& request) {
    if (operations_.has(id)) return false;
    operations_.start(id, request);
    return true;
}

void Stream::review(const live::AccessChange& review) {
    if (review.everybody) return end({ErrorCode::unavailable, "Subscribe again.", ""});
    if (const auto reason = review.apply_to(principal_)) end_refused(*reason);
}

void Stream::end_refused(ErrorCode reason) {
    if (!session_ || !session_->open()) return;
    environment_.supervision.refusals.count(reason);
    end({reason, "", ""});
}

void Stream::end(const Error& reason) {
    if (!session_ || !session_->open()) return;
    environment_.supervision.counters.ended_sessions.fetch_add(1, std::memory_order_relaxed);
    operations_.clear();
    send(encoder_.farewell(reason));
    session_->close();
}

std::string Stream::farewell(ErrorCode reason) const {
    return encoder_.farewell({reason, std::string(last_words(reason)), ""});
}

hub::Frame Stream::encode(const hub::Gap& gap) const {
    const auto& present = environment_.sources.hub.on_loop(loop_.index()).recent();
    std::string records;
    operations_.tell_gap(present.cursor_at(gap.from),
                         present.cursor_at(gap.to),
                         to_string(live::gap_reason(gap)),
                         [&](std::string_view text) { records += text; });
    return hub::Frame::of(session_->framed(records));
}

void Stream::send(std::string_view text) {
    flush();
    if (session_) session_->send_text(text);
}

AppendFramed Stream::framing() const {
    return session_->framing() == http::BodyFraming::chunked ? &http::append_chunk
                                                             : &append_unframed;
}

void Stream::put(const hub::Frame& frame) {
    if (operations_.size() > 1) return coalescer_.append(frame);
    flush();
    if (session_) session_->send(frame);
}

void Stream::flush() {
    if (!coalescer_.empty() && session_) session_->send(coalescer_.take());
}

bool Stream::backlogged() const {
    return session_ && session_->queued_bytes() > 0;
}

void Stream::on_fault() noexcept {
    if (session_) session_->end_by_fault();
}

void Stream::ended(const std::string& id) {
    operations_.ended(id);
    if (ends_with_operation_ && session_) session_->close();
}

}  // namespace rotacast::execution
