#include "live/classic_connection.hpp"

#include "base/log.hpp"
#include "live/encodings.hpp"
#include "net/websocket_session.hpp"
#include "ws/close_code.hpp"
#include "ws/topic_access.hpp"

namespace rotacast::live {
namespace {

hub::EncodingId classic_form(ws::Naming naming, bool deflate) {
    if (naming == ws::Naming::camel) return deflate ? classic_camel_deflate : classic_camel;
    return deflate ? classic_snake_deflate : classic_snake;
}

class RefusingConnection final : public net::WebSocketHandler {
  public:
    RefusingConnection(std::uint16_t code, std::string reason)
        : code_(code), reason_(std::move(reason)) {}

    void on_open(std::shared_ptr<net::WebSocketSession> session) override {
        session->close(code_, reason_);
    }
    void on_text(std::string_view) override {}
    void on_binary(std::string_view) override {}
    void on_closed() override {}

  private:
    std::uint16_t code_;
    std::string reason_;
};

}  // namespace

std::unique_ptr<net::WebSocketHandler> refusing_connection(std::uint16_t code, std::string reason) {
    return std::make_unique<RefusingConnection>(code, std::move(reason));
}

ClassicConnection::ClassicConnection(Sources& sources,
                                     Supervision& supervision,
                                     net::Loop& loop,
                                     auth::Principal principal,
                                     AdmissionTicket ticket,
                                     ws::Naming naming,
                                     bool deflate)
    : Subscriber(classic_form(naming, deflate)),
      sources_(sources),
      supervision_(supervision),
      loop_(loop),
      principal_(std::move(principal)),
      ticket_(std::move(ticket)),
      slot_(supervision.open_connections.enter(Protocol::classic)) {}

ws::Naming ClassicConnection::naming() const {
    const bool camel = encoding() == classic_camel || encoding() == classic_camel_deflate;
    return camel ? ws::Naming::camel : ws::Naming::snake;
}

void ClassicConnection::on_open(std::shared_ptr<net::WebSocketSession> session) {
    session_ = std::move(session);
    sources_.hub.on_loop(loop_.index()).attach(*this);
    supervision_.live_sessions.add(loop_, *this);
    // Join before greeting: after a client sees the greeting, what any tab does counts for this
    // one, too.
    user_topics().join(principal_.user_id, *this);
    session_->send_text(ws::connection_ack(principal_.user_id, now(), naming()));
}

void ClassicConnection::on_closed() {
    user_topics().leave(principal_.user_id, *this);
    supervision_.live_sessions.remove(loop_, *this);
    sources_.hub.on_loop(loop_.index()).detach(*this);
    session_.reset();
}

void ClassicConnection::on_text(std::string_view text) {
    std::visit([this](const auto& command) { carry_out(command); }, ws::parse_command(text));
}

void ClassicConnection::on_binary(std::string_view) {
    supervision_.counters.binary_messages.fetch_add(1, std::memory_order_relaxed);
}

void ClassicConnection::on_tick(Timestamp now) {
    if (principal_.expires_at <= now) end(ErrorCode::token_expired);
}

void ClassicConnection::deliver(const hub::Frame& frame) {
    if (session_) session_->send(frame);
}

void ClassicConnection::on_fault() noexcept {
    if (session_) session_->end_by_fault();
}

bool ClassicConnection::may_receive(const hub::Topic& topic) const {
    return ws::may_watch(supervision_.rules.on_loop(loop_).policy, principal_, topic);
}

void ClassicConnection::review(const AccessChange& review) {
    if (review.everybody) {
        const auto& code = ws::close::classic_please_reconnect;
        if (session_) session_->close(code.code, code.reason);
        return;
    }
    if (const auto reason = review.apply_to(principal_)) end(*reason);
}

void ClassicConnection::carry_out(const ws::Subscribe& command) {
    if (!may_receive(command.topic)) {
        supervision_.counters.forbidden_subscriptions.fetch_add(1, std::memory_order_relaxed);
        log::debug("user {} may not watch that person", to_string(principal_.user_id));
        return;
    }
    change_topics([&](auto done) {
        user_topics().subscribe(principal_.user_id, command.topic, std::move(done));
    });
}

void ClassicConnection::carry_out(const ws::Unsubscribe& command) {
    change_topics([&](auto done) {
        user_topics().unsubscribe(principal_.user_id, command.topic, std::move(done));
    });
}

void ClassicConnection::carry_out(const ws::Ping&) {
    session_->send_text(ws::pong(now(), naming()));
}

void ClassicConnection::carry_out(ws::Ignored reason) {
    supervision_.counters.ignored_commands[static_cast<std::size_t>(reason)].fetch_add(
        1, std::memory_order_relaxed);
    log::debug(
        "ignored a command of user {}: {}", to_string(principal_.user_id), to_string(reason));
}

template <class Start>
void ClassicConnection::change_topics(Start&& start) {
    auto done = std::make_shared<bool>(false);
    start([done, weak = std::weak_ptr(session_)] {
        *done = true;
        if (const auto session = weak.lock(); session && session->paused())
            session->resume_reading();
    });
    if (!*done) session_->pause_reading();
}

void ClassicConnection::end(ErrorCode reason) {
    if (!session_ || !session_->open()) return;
    supervision_.counters.ended_sessions.fetch_add(1, std::memory_order_relaxed);
    const auto code = ws::classic_close_code(reason);
    session_->close(code.code, code.reason);
}

}  // namespace rotacast::live
