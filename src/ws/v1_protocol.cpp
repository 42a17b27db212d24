#include "ws/v1_protocol.hpp"

#include "ws/topic_access.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <utility>

namespace rotacast::ws::v1 {

Timestamp Rules::warn_at(Timestamp expires_at, Timestamp now) const {
    return expires_at - std::min<Timestamp::duration>(token_warning, (expires_at - now) / 2);
}

namespace {

using Topics = std::vector<hub::Topic>;

// Both arguments and the result are sorted.
Topics without(const Topics& topics, const Topics& others) {
    Topics rest;
    std::ranges::set_difference(topics, others, std::back_inserter(rest));
    return rest;
}
Topics common(const Topics& topics, const Topics& others) {
    Topics both;
    std::ranges::set_intersection(topics, others, std::back_inserter(both));
    return both;
}
Topics joined(const Topics& topics, const Topics& others) {
    Topics all;
    all.reserve(topics.size() + others.size());
    std::ranges::merge(topics, others, std::back_inserter(all));
    return all;
}

/// Invalid commands do not get here: their errors are reported to unauthenticated clients, too.
bool allowed_before_authentication(const Command& command) {
    return std::holds_alternative<Ping>(command) || std::holds_alternative<Authenticate>(command);
}

Error too_many(std::size_t bound, std::string path) {
    return {ErrorCode::too_many_subscriptions,
            "At most " + std::to_string(bound) + " on a connection.",
            std::move(path)};
}

}  // namespace

// ------------------------------------------------------------------------------- beginning, end

void Protocol::opened(const Context& context, Result<auth::Principal> principal) {
    opened_at_ = context.now;
    cookie_refused_ = !principal && principal.error().code == ErrorCode::origin_refused;
    if (!principal) return;
    accept(context, std::move(*principal));
    greet(context);
}

void Protocol::accept(const Context& context, auth::Principal principal) {
    principal_ = std::move(principal);
    warn_at_ = context.rules.warn_at(principal_->expires_at, context.now);
}

void Protocol::greet(const Context& context) {
    context.actions.send(connection_ack({principal_->user_id,
                                         connection_id_,
                                         principal_->expires_at,
                                         context.rules.ping_interval,
                                         context.rules.message_bytes_max,
                                         context.rules.subscriptions_max},
                                        context.now));
}

void Protocol::tick(const Context& context) {
    if (closed_) return;
    if (!principal_) {
        // The client has sent its token; it is still being checked.
        if (!holding() && context.now >= opened_at_ + context.rules.auth_timeout)
            end(context,
                v1_close_code(cookie_refused_ ? ErrorCode::origin_refused
                                              : ErrorCode::authentication_timeout));
        return;
    }
    if (context.now >= principal_->expires_at)
        return end(context, v1_close_code(ErrorCode::token_expired));
    if (context.now < warn_at_) return;
    warn_at_ = Timestamp::max();
    context.actions.send(token_expiring(principal_->expires_at, context.now));
}

void Protocol::draining(const Context& context, std::chrono::milliseconds reconnect_after) {
    if (!closed_) context.actions.send(server_draining(reconnect_after, context.now));
}

void Protocol::end(const Context& context, const CloseCode& code) {
    if (closed_) return;
    closed_ = true;
    pending_.reset();
    context.actions.close(code);
}

// --------------------------------------------------------------------------------------- rights

void Protocol::rights_changed(auth::Role role, const std::optional<Uuid>& person_id) {
    if (!principal_) return;
    principal_->role = role;
    principal_->person_id = person_id;
}

bool Protocol::may_watch(const hub::Topic& topic, auth::Policy policy) const {
    return principal_ && ws::may_watch(policy, *principal_, topic);
}

// ------------------------------------------------------------------------------------- messages

void Protocol::text(const Context& context, std::string_view text) {
    receive(context, text);
}

void Protocol::binary(const Context& context) {
    receive(context, std::nullopt);
}

void Protocol::receive(const Context& context, std::optional<std::string_view> text) {
    assert(!holding());
    if (closed_) return;
    const auto& rules = context.rules;
    const auto verdict = rate_.take(rules.commands_per_second, rules.commands_burst, context.now);
    if (verdict == CommandRate::Verdict::flood)
        return end(context, v1_close_code(ErrorCode::too_many_commands));

    auto message = text ? parse_message(*text)
                        : Message{"", Error{ErrorCode::bad_request, "Send text messages.", ""}};
    const auto refuse_with = [&](const Error& error) { refuse(context, message.id, error); };
    if (verdict == CommandRate::Verdict::refused)
        return refuse_with({ErrorCode::rate_limited, "Too many commands; wait a moment.", ""});
    if (!message.command) return refuse_with(message.command.error());
    if (!principal_ && !allowed_before_authentication(*message.command))
        return refuse_with(
            cookie_refused_ ? Error{ErrorCode::origin_refused, "", ""}
                            : Error{ErrorCode::unauthenticated, "Send `authenticate` first.", ""});
    std::visit(
        [&](auto& command) { carry_out(context, std::move(message.id), std::move(command)); },
        *message.command);
}

std::string Protocol::stream_cursor(const Context& context) const {
    return live_ ? context.actions.position() : std::string();
}

void Protocol::send_ack(const Context& context, std::string_view id) {
    context.actions.send(ack({id, context.now}, stream_cursor(context)));
}

void Protocol::refuse(const Context& context, std::string_view id, const Error& error) {
    context.actions.refused(error.code);
    context.actions.send(v1::error({id, context.now}, error));
}

void Protocol::carry_out(const Context& context, std::string id, Ping) {
    context.actions.send(pong({id, context.now}));
}

// --------------------------------------------------------------------------------------- tokens

void Protocol::carry_out(const Context& context, std::string id, Authenticate command) {
    if (principal_)
        return refuse(context,
                      id,
                      {ErrorCode::conflict,
                       "The connection is authenticated already; use refresh_token.",
                       ""});
    cookie_refused_ = false;  // the client does not rely on it
    pending_ = std::make_unique<Pending>(Pending{PendingKind::authenticate, std::move(id)});
    context.actions.check_token(std::move(command.token));
}

void Protocol::carry_out(const Context& context, std::string id, RefreshToken command) {
    pending_ = std::make_unique<Pending>(Pending{PendingKind::refresh, std::move(id)});
    context.actions.check_token(std::move(command.token));
}

void Protocol::token_checked(const Context& context, Result<auth::Principal> principal) {
    const auto pending = std::exchange(pending_, nullptr);
    if (!pending) return;
    if (!principal) return refuse(context, pending->id, principal.error());
    if (pending->kind == PendingKind::refresh)
        return refresh(context, pending->id, std::move(*principal));
    accept(context, std::move(*principal));
    greet(context);
    send_ack(context, pending->id);
}

void Protocol::refresh(const Context& context, std::string_view id, auth::Principal principal) {
    if (principal.user_id != principal_->user_id)
        return refuse(context, id, {ErrorCode::identity_changed, "", "/token"});
    accept(context, std::move(principal));
    const auto position = stream_cursor(context);
    context.actions.send(ack_with_token({id, context.now}, position, principal_->expires_at));
}

// -------------------------------------------------------------------------------- subscriptions

std::optional<Error> Protocol::why_not_watch(const Context& context, const Names& names) const {
    for (std::size_t i = 0; i < names.persons.size(); ++i)
        if (!may_watch(hub::Topic::person(names.persons[i]), context.rules.policy))
            return Error{ErrorCode::forbidden,
                         "Your role may not watch this person.",
                         names.path_of_person(i)};
    return std::nullopt;
}

void Protocol::carry_out(const Context& context, std::string id, Subscribe command) {
    if (!live_) {
        const auto kind = command.latest ? PendingKind::latest : PendingKind::subscribe;
        return start_live(
            context, {kind, std::move(id)}, {std::nullopt, command.latest, {}}, command.names);
    }
    if (command.latest)
        return refuse(
            context, id, {ErrorCode::conflict, "Only the first subscribe can have it.", "/latest"});
    if (const auto error = why_not_watch(context, command.names))
        return refuse(context, id, *error);
    const auto added = without(command.names.topics(principal_->user_id), topics_);
    if (!added.empty()) {
        const auto bound = context.rules.subscriptions_max;
        if (topics_.size() + added.size() > bound) return refuse(context, id, too_many(bound, ""));
        topics_ = joined(topics_, added);
        context.actions.subscribe(added);
    }
    send_ack(context, id);
}

void Protocol::carry_out(const Context& context, std::string id, Unsubscribe command) {
    const auto removed = common(command.names.topics(principal_->user_id), topics_);
    if (!removed.empty()) {
        topics_ = without(topics_, removed);
        context.actions.unsubscribe(removed);
    }
    send_ack(context, id);
}

void Protocol::carry_out(const Context& context, std::string id, Resume command) {
    if (live_)
        return refuse(context, id, {ErrorCode::conflict, "Send resume before any subscribe.", ""});
    start_live(context,
               {PendingKind::resume, std::move(id)},
               {std::move(command.cursor), false, {}},
               command.names);
}

void Protocol::start_live(const Context& context,
                          Pending pending,
                          GoLive request,
                          const Names& names) {
    if (const auto error = why_not_watch(context, names))
        return refuse(context, pending.id, *error);
    auto topics = names.topics(principal_->user_id);
    const auto bound = context.rules.subscriptions_max;
    if (topics.size() > bound) return refuse(context, pending.id, too_many(bound, ""));
    topics_ = std::move(topics);
    request.topics = topics_;
    live_ = true;
    pending_ = std::make_unique<Pending>(std::move(pending));
    context.actions.go_live(std::move(request));
}

void Protocol::went_live(const Context& context, const Result<Live>& live) {
    const auto pending = std::exchange(pending_, nullptr);
    if (!pending) return;
    if (live) return answer_live(context, *pending, *live);
    live_ = false;
    topics_ = {};
    refuse(context, pending->id, live.error());
}

void Protocol::answer_live(const Context& context, const Pending& pending, const Live& live) {
    auto& actions = context.actions;
    const Answer answer{pending.id, context.now};
    if (pending.kind == PendingKind::subscribe) return actions.send(ack(answer, live.cursor));
    if (pending.kind == PendingKind::latest)
        return actions.send(ack_with_latest(answer, live.cursor, live.latest, live.latest_from));
    if (live.loss) actions.send(gap(live.loss->from, live.cursor, live.loss->reason, context.now));
    const auto reason = live.loss ? std::optional(live.loss->reason) : std::nullopt;
    actions.send(resumed(answer, reason, live.replayed, live.cursor));
}

void Protocol::carry_out(const Context& context, std::string id, Acknowledge command) {
    const auto taken = context.actions.acknowledge(command.cursor);
    if (!taken) return refuse(context, id, taken.error());
    send_ack(context, id);
}

// ------------------------------------------------------------------------------------- presence

void Protocol::carry_out(const Context& context, std::string id, SetPresence command) {
    context.actions.set_presence(std::move(command.statement));
    send_ack(context, id);
}

void Protocol::carry_out(const Context& context, std::string id, WatchPresence command) {
    const auto bound = context.rules.subscriptions_max;
    if (command.schedules.size() > bound) return refuse(context, id, too_many(bound, "/schedules"));
    pending_ = std::make_unique<Pending>(Pending{PendingKind::roster, std::move(id)});
    context.actions.watch_presence(std::move(command.schedules));
}

void Protocol::watching_presence(const Context& context, std::string_view roster) {
    const auto pending = std::exchange(pending_, nullptr);
    if (!pending) return;
    const auto position = stream_cursor(context);
    context.actions.send(ack_with_roster({pending->id, context.now}, position, roster));
}

void Protocol::carry_out(const Context& context, std::string id, UnwatchPresence) {
    context.actions.unwatch_presence();
    send_ack(context, id);
}

}  // namespace rotacast::ws::v1
