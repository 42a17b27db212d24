#include "execution/connection.hpp"

#include "base/fault.hpp"
#include "base/log.hpp"
#include "graphql/close_code.hpp"
#include "live/farewell.hpp"
#include "live/gap_reason.hpp"
#include "net/offload.hpp"
#include "net/websocket_frames.hpp"
#include "net/websocket_session.hpp"
#include "ws/close_code.hpp"

#include <utility>

namespace rotacast::execution {

Connection::Connection(Environment& environment,
                       net::Loop& loop,
                       std::unique_ptr<graphql::Transport> transport,
                       live::Protocol protocol,
                       Result<std::string> token,
                       live::AdmissionTicket ticket)
    : environment_(environment),
      loop_(loop),
      transport_(std::move(transport)),
      token_(std::move(token)),
      ticket_(std::move(ticket)),
      slot_(environment.supervision.open_connections.enter(protocol)) {}

// ------------------------------------------------------------------------ net::WebSocketHandler

void Connection::on_open(std::shared_ptr<net::WebSocketSession> session) {
    session_ = std::move(session);
    session_->tell_gaps(*this);
    self_ = std::make_shared<Connection*>(this);
    opened_at_ = now();
}

void Connection::on_closed() {
    self_.reset();
    operations_.clear();
    if (principal_) environment_.supervision.live_sessions.remove(loop_, *this);
    session_.reset();
}

void Connection::on_text(std::string_view text) {
    if (too_fast()) return;
    transport_->text(*this, text);
    settle();
}

void Connection::on_binary(std::string_view) {
    if (too_fast()) return;
    transport_->binary(*this);
}

void Connection::on_tick(Timestamp now) {
    if (transport_->closed()) return;
    if (principal_ && now >= principal_->expires_at) return end(ErrorCode::token_expired);
    transport_->tick(*this, now, opened_at_, environment_.operation_rules.init_timeout);
    operations_.on_tick(now);
}

void Connection::on_drained() {
    operations_.on_drained();
}

net::Farewell Connection::farewell(net::SessionEnd why) noexcept {
    const auto code = live::graphql_farewell(why);
    if (code.error) environment_.supervision.refusals.count(*code.error);
    return {code.code, code.reason};
}

void Connection::settle() {
    if (!session_) return;
    if (transport_->holding())
        session_->pause_reading();
    else if (session_->paused())
        session_->resume_reading();
}

// Closes the connection if needed, because neither subprotocol can refuse a single message.
bool Connection::too_fast() {
    const auto& rules = environment_.supervision.rules.on_loop(loop_);
    const auto verdict = rate_.take(rules.commands_per_second, rules.commands_burst, now());
    if (verdict == ws::CommandRate::Verdict::admitted) return false;
    end(ErrorCode::too_many_commands);
    return true;
}

void Connection::end(ErrorCode reason) {
    environment_.supervision.refusals.count(reason);
    const auto code = ws::graphql_close_code(reason);
    transport_->end(*this, code.code, code.reason);
}

// When everybody has to reconnect, the close code tells the client to come back, as in rotacast.v1.
void Connection::review(const live::AccessChange& review) {
    if (review.everybody)
        return transport_->end(
            *this, ws::close::please_reconnect.code, ws::close::please_reconnect.reason);
    if (const auto reason = review.apply_to(*principal_)) end(*reason);
}

hub::Frame Connection::encode(const hub::Gap& gap) const {
    const auto& present = environment_.sources.hub.on_loop(loop_.index()).recent();
    std::string frames;
    operations_.tell_gap(
        present.cursor_at(gap.from),
        present.cursor_at(gap.to),
        to_string(live::gap_reason(gap)),
        [&](std::string_view text) { net::append_frame(frames, net::Opcode::text, text); });
    return hub::Frame::of(std::move(frames));
}

// --------------------------------------------------------------------- graphql::TransportActions

void Connection::send(std::string_view text) {
    flush();
    if (session_) session_->send_text(text);
}

void Connection::close(std::uint16_t code, std::string_view reason) {
    flush();
    operations_.clear();
    environment_.supervision.counters.ended_sessions.fetch_add(1, std::memory_order_relaxed);
    if (session_) session_->close(code, reason);
}

void Connection::initialise(std::optional<std::string> token) {
    auto of_upgrade = std::exchange(token_, Error{ErrorCode::token_missing, "", ""});
    if (!token && !of_upgrade) return admit(of_upgrade.error());
    net::offload(
        environment_.credential_check.directory_pool,
        loop_,
        [&authenticator = environment_.credential_check.authenticator,
         token = std::move(token ? *token : *of_upgrade)] {
            return authenticator.authenticate(token, now());
        },
        [weak = std::weak_ptr(self_)](Result<auth::Principal> checked) {
            if (const auto self = weak.lock()) (*self)->token_checked(std::move(checked));
        });
}

void Connection::token_checked(Result<auth::Principal> principal) noexcept {
    try {
        admit(std::move(principal));
        settle();
    } catch (...) {
        log::error("graphql: a connection failed and is ended: {}", fault_name());
        on_fault();
    }
}

void Connection::admit(Result<auth::Principal> principal) {
    const auto refuse = [this](const Error& error) {
        environment_.supervision.refusals.count(error.code);
        const auto code = ws::graphql_close_code(error.code);
        transport_->refused(*this, error, code.code, code.reason);
    };
    if (!principal) return refuse(principal.error());
    auto ticket = environment_.supervision.admission.admit(principal->user_id);
    if (!ticket) return refuse({ErrorCode::too_many_connections, "", ""});
    ticket_.join(std::move(*ticket));
    principal_ = std::move(*principal);
    transport_->acknowledged(*this);
    environment_.supervision.live_sessions.add(loop_, *this);
}

void Connection::start(const std::string& id, graphql::Request request) {
    operations_.start(id, request);
}

void Connection::stop(const std::string& id) {
    operations_.stop(id);
}

// ----------------------------------------------------------------------------------------- Host

AppendFramed Connection::framing() const {
    return [](std::string& to, std::string_view text) {
        net::append_frame(to, net::Opcode::text, text);
        return to.size() - text.size();
    };
}

void Connection::put(const hub::Frame& frame) {
    if (operations_.size() > 1) return coalescer_.append(frame);
    flush();
    if (session_) session_->send(frame);
}

void Connection::flush() {
    if (!coalescer_.empty() && session_) session_->send(coalescer_.take());
}

bool Connection::backlogged() const {
    return session_ && session_->queued_bytes() > 0;
}

void Connection::on_fault() noexcept {
    if (session_) session_->end_by_fault();
}

void Connection::ended(const std::string& id) {
    operations_.ended(id);
    transport_->ended(id);
}

}  // namespace rotacast::execution
