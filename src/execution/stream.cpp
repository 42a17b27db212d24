#include "execution/stream.hpp"

#include "http/sse_session.hpp"
#include "live/gap_reason.hpp"

#include <utility>

namespace rotacast::execution {

Stream::Stream(Environment& environment,
               net::Loop& loop,
               auth::Principal principal,
               live::AdmissionTicket ticket,
               std::optional<graphql::Request> request,
               OnHandle on_handle)
    : environment_(environment),
      loop_(loop),
      principal_(std::move(principal)),
      ticket_(std::move(ticket)),
      slot_(environment.supervision.open_connections.enter(live::Protocol::graphql_stream)),
      request_(std::move(request)),
      distinct_(request_.has_value()),
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
    if (now >= principal_.expires_at) return end(ErrorCode::token_expired);
    operations_.on_tick(now);
}

bool Stream::start(const std::string& id, const graphql::Request& request) {
    if (operations_.has(id)) return false;
    operations_.start(id, request);
    return true;
}

// No message: the client reconnects by itself and learns of its token by HTTP.
void Stream::review(const live::AccessChange& review) {
    if (review.everybody) return end(std::nullopt);
    if (const auto reason = review.apply_to(principal_)) end(*reason);
}

void Stream::end(std::optional<ErrorCode> reason) {
    if (!session_ || !session_->open()) return;
    environment_.supervision.counters.ended_sessions.fetch_add(1, std::memory_order_relaxed);
    if (reason) environment_.supervision.refusals.count(*reason);
    operations_.clear();
    session_->close();
}

const graphql::MessageEncoder& Stream::encoder() const {
    return distinct_ ? graphql::sse_distinct_encoder() : graphql::sse_single_encoder();
}

hub::Frame Stream::encode(const hub::Gap& gap) const {
    const auto& present = environment_.sources.hub.on_loop(loop_.index()).recent();
    std::string records;
    operations_.tell_gap(present.cursor_at(gap.from),
                         present.cursor_at(gap.to),
                         to_string(live::gap_reason(gap)),
                         [&](std::string_view text) { records += text; });
    return hub::Frame::of(std::move(records));
}

void Stream::send(std::string_view text) {
    flush();
    if (session_) session_->send_text(std::string(text));
}

void Stream::frame(std::string& to, std::string_view text) const {
    to += text;
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
    if (distinct_ && session_) session_->close();
}

}  // namespace rotacast::execution
