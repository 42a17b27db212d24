#include "live/sse_connection.hpp"

#include "http/sse.hpp"
#include "http/sse_session.hpp"
#include "live/encodings.hpp"
#include "live/gap_reason.hpp"
#include "ws/topic_access.hpp"

#include <utility>

namespace rotacast::live {
namespace {

namespace v1 = ws::v1;
using std::chrono::milliseconds;

// How long a client waits before it reconnects by itself (HTML standard, §9.2.3), from the end of
// the stream: two seconds. Begins each stream, and its first record, because the client keeps the
// value that an earlier drain has set.
constexpr std::string_view reconnect_soon = "retry: 2000\n";

std::string record(std::string_view event, std::string_view data, std::string_view cursor = {}) {
    std::string text;
    http::append_sse_record(text, cursor, event, data);
    return text;
}

}  // namespace

SseConnection::SseConnection(Sources& sources,
                             Supervision& supervision,
                             net::Loop& loop,
                             auth::Principal principal,
                             AdmissionTicket ticket,
                             SseStart start)
    : Subscriber(start.framing == http::BodyFraming::chunked ? v1_sse_chunked : v1_sse),
      sources_(sources),
      supervision_(supervision),
      loop_(loop),
      principal_(std::move(principal)),
      ticket_(std::move(ticket)),
      slot_(supervision.open_connections.enter(Protocol::event_stream)),
      start_(std::make_unique<SseStart>(std::move(start))) {}

// ------------------------------------------------------------------------------ http::SseHandler

std::string_view SseConnection::greeting() const {
    return reconnect_soon;
}

void SseConnection::on_open(std::shared_ptr<http::SseSession> session) {
    session_ = std::move(session);
    session_->tell_gaps(*this);
    warn_at_ = supervision_.rules.on_loop(loop_).warn_at(principal_.expires_at, now());
    const auto start = std::exchange(start_, nullptr);
    for (const auto& topic : start->topics) hub().topics().subscribe(*this, topic);
    supervision_.live_sessions.add(loop_, *this);
    start->from ? catch_up(*start->from) : go_live();
}

void SseConnection::on_closed(http::SseEnd end) {
    if (catch_up_) catch_up_->cancel();
    if (end == http::SseEnd::slow_consumer) supervision_.refusals.count(ErrorCode::slow_consumer);
    supervision_.live_sessions.remove(loop_, *this);
    hub().detach(*this);
    session_.reset();
}

void SseConnection::on_tick(Timestamp now) {
    if (catch_up_) catch_up_->proceed();
    if (now >= principal_.expires_at) return end(ErrorCode::token_expired);
    if (now < warn_at_) return;
    warn_at_ = Timestamp::max();
    session_->send_text(record("token_expiring", v1::token_expiring(principal_.expires_at, now)));
}

void SseConnection::on_drained() {
    if (catch_up_) catch_up_->proceed();
}

// `retry` names the same moment as the record's text: a browser waits from the end of the stream,
// and its script cannot change that.
void SseConnection::on_draining(milliseconds in, milliseconds come_back_in) {
    session_->send_text("retry: " + std::to_string((come_back_in - in).count()) + '\n' +
                        record("server_draining", v1::server_draining(come_back_in, now())));
}

void SseConnection::end(std::optional<ErrorCode> reason) {
    if (!session_ || !session_->open()) return;
    supervision_.counters.ended_sessions.fetch_add(1, std::memory_order_relaxed);
    if (reason) supervision_.refusals.count(*reason);
    session_->close();
}

// ------------------------------------------------------------------------------ hub::Subscriber

void SseConnection::deliver(const hub::Frame& frame) {
    if (session_) session_->send(frame);
}

void SseConnection::on_fault() noexcept {
    if (session_) session_->end_by_fault();
}

bool SseConnection::may_receive(const hub::Topic& topic) const {
    return ws::may_watch(supervision_.rules.on_loop(loop_).policy, principal_, topic);
}

hub::Frame SseConnection::encode(const hub::Gap& gap) const {
    const auto reason = gap_reason(gap);
    const auto from = cursor_at(gap.from);
    const auto to = cursor_at(gap.to);
    // Superseded: some events of the range are still sent, so the record's id must be its start.
    const auto& position = reason == v1::GapReason::superseded ? from : to;
    return hub::Frame::of(
        session_->framed(record("gap", v1::gap(from, to, reason, now()), position)));
}

bool SseConnection::journal_broke(hub::Break why, std::string_view before, std::string_view after) {
    sources_.resumes.count_gap(gap_reason(why));
    if (session_)
        session_->send_text(record("gap", v1::gap(before, after, gap_reason(why), now()), after));
    return true;
}

// No message: the client reconnects by itself and learns of its token by HTTP.
void SseConnection::review(const AccessChange& review) {
    if (review.everybody) return end(std::nullopt);
    if (const auto reason = review.apply_to(principal_)) end(*reason);
}

std::string SseConnection::cursor_at(const events::Position& position) const {
    return hub().recent().cursor_at(position);
}

// ----------------------------------------------------------------------------------- catching up

void SseConnection::go_live() {
    hub().attach(*this);
    const auto cursor = cursor_at({hub().recent().position()});
    session_->send_text(record("ack", v1::ack({"", now()}, cursor), cursor));
}

void SseConnection::catch_up(const events::Cursor& from) {
    const CatchUp::Environment environment{.loop = loop_,
                                           .hub = hub(),
                                           .journal = sources_.journal,
                                           .history = sources_.history,
                                           .entries_max = sources_.resume_entries_max};
    const auto backlogged = [this] { return session_->queued_bytes() > 0; };
    catch_up_ = std::make_shared<CatchUp>(
        environment, *this, backlogged, [this](const CaughtUp& outcome) { caught_up(outcome); });
    const auto started = catch_up_;
    started->start(from);
}

void SseConnection::caught_up(const CaughtUp& outcome) {
    const auto finished = std::exchange(catch_up_, nullptr);
    sources_.resumes.count_resume(outcome.gap);
    const auto& cursor = outcome.cursor;
    if (outcome.gap)
        session_->send_text(
            record("gap", v1::gap(outcome.gap_from, cursor, *outcome.gap, now()), cursor));
    session_->send_text(
        record("resumed", v1::resumed({"", now()}, outcome.gap, outcome.replayed, cursor), cursor));
}

}  // namespace rotacast::live
