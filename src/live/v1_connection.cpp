#include "live/v1_connection.hpp"

#include "base/fault.hpp"
#include "base/log.hpp"
#include "live/gap_reason.hpp"
#include "live/encodings.hpp"
#include "live/farewell.hpp"
#include "net/offload.hpp"
#include "net/websocket_frames.hpp"
#include "net/websocket_session.hpp"

#include <array>
#include <utility>

namespace rotacast::live {
namespace {

namespace v1 = ws::v1;

// Well below any lease, and rare enough for many connections.
constexpr std::chrono::seconds presence_interval{10};

v1::Live live_of(const CaughtUp& outcome) {
    v1::Live live;
    live.cursor = outcome.cursor;
    live.replayed = outcome.replayed;
    if (outcome.gap) live.loss = v1::Live::Loss{*outcome.gap, outcome.gap_from};
    return live;
}

}  // namespace

V1Connection::V1Connection(Sources& sources,
                           Supervision& supervision,
                           CredentialCheck& credential_check,
                           net::Loop& loop,
                           Result<auth::Principal> principal,
                           AdmissionTicket ticket,
                           bool deflate)
    : Subscriber(deflate ? v1_deflate : v1_plain),
      sources_(sources),
      supervision_(supervision),
      credential_check_(credential_check),
      loop_(loop),
      protocol_(Uuid::random()),
      ticket_(std::move(ticket)),
      slot_(supervision.open_connections.enter(Protocol::rotacast_v1)),
      first_principal_(std::move(principal)) {}

// ------------------------------------------------------------------------ net::WebSocketHandler

void V1Connection::on_open(std::shared_ptr<net::WebSocketSession> session) {
    session_ = std::move(session);
    session_->tell_gaps(*this);
    feed([&] { protocol_.opened(context(), std::move(first_principal_)); });
    supervision_.live_sessions.add(loop_, *this);
}

void V1Connection::on_closed() {
    self_.reset();
    if (catch_up_) catch_up_->cancel();
    if (latest_search_) latest_search_->cancel();
    presence().unwatch(*this);
    if (presence_spoken_)
        presence().gone(protocol_.connection_id(), {loop_.tick().steady, loop_.tick().wall});
    supervision_.live_sessions.remove(loop_, *this);
    hub().detach(*this);
    session_.reset();
}

void V1Connection::on_text(std::string_view text) {
    tell_presence_alive();
    feed([&] { protocol_.text(context(), text); });
}

void V1Connection::on_binary(std::string_view) {
    feed([&] { protocol_.binary(context()); });
}

void V1Connection::on_tick(Timestamp) {
    proceed();
    if (session_ && session_->heard_since(presence_told_at_)) tell_presence_alive();
    feed([&] { protocol_.tick(context()); });
}

void V1Connection::on_drained() {
    proceed();
}

// Continues what waited until the client had read.
void V1Connection::proceed() {
    if (catch_up_) catch_up_->proceed();
    if (latest_search_) latest_search_->proceed();
}

void V1Connection::on_draining(std::chrono::milliseconds come_back_in) {
    feed([&] { protocol_.draining(context(), come_back_in); });
}

net::Farewell V1Connection::farewell(net::SessionEnd why) noexcept {
    const auto code = v1_farewell(why);
    if (code.error) refused(*code.error);
    return {code.code, code.reason};
}

template <class Input>
void V1Connection::feed(Input&& input) {
    try {
        input();
    } catch (...) {
        log::error("rotacast.v1: a connection failed and is ended: {}", fault_name());
        return on_fault();
    }
    if (!session_) return;
    if (protocol_.holding() || catch_up_)
        session_->pause_reading();
    else if (session_->paused())
        session_->resume_reading();
}

ws::v1::Context V1Connection::context() {
    return {*this, supervision_.rules.on_loop(loop_), now()};
}

std::string V1Connection::cursor_at(const events::Position& position) const {
    return hub().recent().cursor_at(position);
}

std::weak_ptr<V1Connection*> V1Connection::weak() {
    if (!self_) self_ = std::make_shared<V1Connection*>(this);
    return self_;
}

// ------------------------------------------------------------------------------ hub::Subscriber

void V1Connection::deliver(const hub::Frame& frame) {
    if (session_) session_->send(frame);
}

void V1Connection::on_fault() noexcept {
    if (session_) session_->end_by_fault();
}

bool V1Connection::may_receive(const hub::Topic& topic) const {
    return protocol_.may_watch(topic, supervision_.rules.on_loop(loop_).policy);
}

hub::Frame V1Connection::encode(const hub::Gap& gap) const {
    return hub::Frame::of(
        net::make_frame(net::Opcode::text,
                        v1::gap(cursor_at(gap.from), cursor_at(gap.to), gap_reason(gap), now())));
}

bool V1Connection::journal_broke(hub::Break why, std::string_view before, std::string_view after) {
    sources_.resumes.count_gap(gap_reason(why));
    if (session_) session_->send_text(v1::gap(before, after, gap_reason(why), now()));
    return true;
}

void V1Connection::on_presence(const presence::PresenceChange& change) {
    if (session_) session_->send_text(v1::presence(change, now()));
}

void V1Connection::review(const AccessChange& review) {
    if (!protocol_.principal()) return;
    if (review.everybody)
        return feed([&] { protocol_.end(context(), ws::close::please_reconnect); });
    auto reviewed = *protocol_.principal();
    if (const auto reason = review.apply_to(reviewed))
        return feed([&] { protocol_.end(context(), ws::v1_close_code(*reason)); });
    protocol_.rights_changed(reviewed.role, reviewed.person_id);
}

// ------------------------------------------------------------------------------- ws::v1::Actions

void V1Connection::send(std::string_view text) {
    if (session_) session_->send_text(text);
}

void V1Connection::close(const ws::CloseCode& code) {
    supervision_.counters.ended_sessions.fetch_add(1, std::memory_order_relaxed);
    if (code.error) refused(*code.error);
    if (session_) session_->close(code.code, code.reason);
}

std::string V1Connection::position() {
    return cursor_at({hub().recent().position()});
}

void V1Connection::refused(ErrorCode code) {
    supervision_.refusals.count(code);
}

void V1Connection::subscribe(std::span<const hub::Topic> topics) {
    for (const auto& topic : topics) hub().topics().subscribe(*this, topic);
}

void V1Connection::unsubscribe(std::span<const hub::Topic> topics) {
    for (const auto& topic : topics) hub().topics().unsubscribe(*this, topic);
}

Result<void> V1Connection::acknowledge(std::string_view text) {
    const auto cursor = events::Cursor::parse(text);
    const bool ours = cursor && cursor->epoch == hub().recent().epoch() &&
                      cursor->position.offset <= hub().recent().position();
    if (!ours) return Error{ErrorCode::cursor_invalid, "", "/cursor"};
    return {};
}

void V1Connection::check_token(std::string token) {
    net::offload(
        credential_check_.directory_pool,
        loop_,
        [&authenticator = credential_check_.authenticator, token = std::move(token)] {
            return authenticator.authenticate(token, now());
        },
        [weak = weak()](Result<auth::Principal> checked) {
            if (const auto self = weak.lock()) (*self)->token_checked(std::move(checked));
        });
}

void V1Connection::token_checked(Result<auth::Principal> principal) {
    if (principal && !protocol_.principal()) {
        auto ticket = supervision_.admission.admit(principal->user_id);
        if (!ticket)
            return feed([&] {
                protocol_.end(context(), ws::v1_close_code(ErrorCode::too_many_connections));
            });
        ticket_.join(std::move(*ticket));
    }
    feed([&] { protocol_.token_checked(context(), std::move(principal)); });
    supervision_.live_sessions.review_again(loop_, *this);
}

// ----------------------------------------------------------------------------------- catching up

void V1Connection::go_live(ws::v1::GoLive request) {
    std::optional<events::Cursor> from;
    if (request.from) {
        from = events::Cursor::parse(*request.from);
        if (!from) return went_live(Error{ErrorCode::cursor_invalid, "", "/cursor"});
    }
    subscribe(request.topics);
    if (from)
        return catch_up(*from, [this](const CaughtUp& outcome) { went_live(live_of(outcome)); });
    if (request.latest) return find_latest();
    hub().attach(*this);
    v1::Live live;
    live.cursor = position();
    went_live(live);
}

void V1Connection::find_latest() {
    latest_search_ = std::make_shared<LatestState>(
        loop_,
        hub(),
        sources_.history,
        *this,
        sources_.latest_entries_max,
        [this] { return session_->queued_bytes() > 0; },
        [this](Result<LatestFound> found) { latest_found(std::move(found)); });
    latest_search_->start();
}

void V1Connection::latest_found(Result<LatestFound> found) {
    const auto search = std::exchange(latest_search_, nullptr);
    if (!found) {
        for (const auto& topic : protocol_.topics()) hub().topics().unsubscribe(*this, topic);
        return went_live(found.error());
    }
    v1::Live live;
    const events::Cursor up_to{found->epoch, {found->up_to}};
    live.latest_from = to_string(events::Cursor{found->epoch, {found->from}});
    live.cursor = to_string(up_to);
    for (const auto& one : found->events)
        v1::append_event(live.latest.emplace_back(), one.publication());
    went_live(live);
    catch_up(up_to, [this](const CaughtUp& outcome) {
        if (outcome.gap) send(v1::gap(outcome.gap_from, outcome.cursor, *outcome.gap, now()));
    });
}

// Holds back commands until the catch-up is done.
void V1Connection::catch_up(const events::Cursor& from, CatchUp::Done done) {
    const CatchUp::Environment environment{.loop = loop_,
                                           .hub = hub(),
                                           .journal = sources_.journal,
                                           .history = sources_.history,
                                           .entries_max = sources_.resume_entries_max};
    const auto backlogged = [this] { return session_->queued_bytes() > 0; };
    catch_up_ = std::make_shared<CatchUp>(
        environment, *this, backlogged, [this, done = std::move(done)](const CaughtUp& outcome) {
            const auto finished = std::exchange(catch_up_, nullptr);
            sources_.resumes.count_resume(outcome.gap);
            feed([&] { done(outcome); });
        });
    const auto started = catch_up_;
    started->start(from);
    feed([] {});
}

void V1Connection::went_live(const Result<ws::v1::Live>& live) {
    feed([&] { protocol_.went_live(context(), live); });
}

// -------------------------------------------------------------------------------------- presence

void V1Connection::set_presence(presence::PresenceStatement statement) {
    presence_spoken_ = true;
    presence_told_at_ = loop_.tick().steady;
    presence().set(protocol_.principal()->user_id,
                   protocol_.connection_id(),
                   std::move(statement),
                   {loop_.tick().steady, loop_.tick().wall});
}

void V1Connection::tell_presence_alive() {
    const auto now = loop_.tick().steady;
    if (!presence_spoken_ || now - presence_told_at_ < presence_interval) return;
    presence_told_at_ = now;
    presence().heard(protocol_.connection_id(), {now, loop_.tick().wall});
}

void V1Connection::watch_presence(std::vector<Uuid> schedules) {
    presence().watch(*this, std::move(schedules), [weak = weak()](presence::PresenceRoster roster) {
        const auto self = weak.lock();
        if (!self) return;
        auto& here = **self;
        here.feed(
            [&] { here.protocol_.watching_presence(here.context(), v1::roster(roster.people)); });
    });
}

void V1Connection::unwatch_presence() {
    presence().unwatch(*this);
}

}  // namespace rotacast::live
