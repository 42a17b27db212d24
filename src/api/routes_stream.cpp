// GET /api/v1/events/stream (docs/protocol.md, "Server-sent events").

#include "api/live_request.hpp"
#include "api/routes.hpp"
#include "api/stream_position.hpp"
#include "base/log.hpp"
#include "http/sse_session.hpp"
#include "live/sse_connection.hpp"
#include "net/offload.hpp"
#include "ws/topic_access.hpp"
#include "ws/v1_command.hpp"

#include <chrono>
#include <utility>

namespace rotacast::api {
namespace {

http::Response refuse_events(live::Refusals& refusals, const Error& error) {
    refusals.count(error.code);
    log::info("refused an event stream: {}", info(error.code).name);
    return http::error_response(error);
}

std::string path_of(std::string_view key, std::size_t index) {
    return '/' + std::string(key) + '/' + std::to_string(index);
}

/// The names as they are in the query, so that an error can quote them.
Result<ws::v1::Names> names_in(const http::RequestContext& context) {
    ws::v1::Names names;
    for (const auto& [key, value] : context.target.query) {
        if (key == "notifications") {
            if (value != "true" && value != "false")
                return Error{ErrorCode::invalid_field,
                             "notifications takes true or false.",
                             "/notifications"};
            names.notifications = value == "true";
        }
        if (key != "schedule" && key != "person") continue;
        auto& list = key == "schedule" ? names.schedules : names.persons;
        const auto id = Uuid::parse(value);
        if (!id)
            return Error{
                ErrorCode::invalid_field, key + " takes a UUID.", path_of(key, list.size())};
        list.push_back(*id);
    }
    return names;
}

Result<void> may_watch_all(const ws::v1::Names& names,
                           auth::Policy policy,
                           const auth::Principal& principal) {
    for (std::size_t i = 0; i < names.persons.size(); ++i)
        if (!ws::may_watch(policy, principal, hub::Topic::person(names.persons[i])))
            return Error{
                ErrorCode::forbidden, "Your role may not watch this person.", path_of("person", i)};
    return {};
}

Result<live::SseStart> start_of(const http::RequestContext& context,
                                const live::LiveRules::Rules& rules,
                                const auth::Principal& principal) {
    const auto names = names_in(context);
    if (!names) return names.error();
    auto from = position_in(context);
    if (!from) return from.error();
    if (const auto allowed = may_watch_all(*names, rules.policy, principal); !allowed)
        return allowed.error();
    live::SseStart start{names->topics(principal.user_id),
                         std::move(*from),
                         http::framing_for(context.request.version())};
    if (start.topics.size() > rules.subscriptions_max)
        return Error{ErrorCode::too_many_subscriptions,
                     "At most " + std::to_string(rules.subscriptions_max) + " on a stream.",
                     ""};
    return start;
}

net::asio::awaitable<http::StreamAnswer> answer(live::Sources& sources,
                                                live::Supervision& supervision,
                                                live::CredentialCheck& check,
                                                http::RequestContext& context) {
    auto by_address =
        supervision.admission.admit(context.remote_address, std::chrono::steady_clock::now());
    if (!by_address)
        co_return refuse_events(supervision.refusals, {error_of(by_address.error()), "", ""});
    auto ticket = std::move(*by_address);

    auto found = find_live_token(check, context);
    if (!found) co_return refuse_events(supervision.refusals, found.error());
    auto look_up = [&authenticator = check.authenticator, token = std::move(found->token)]() {
        return authenticator.authenticate(token, now());
    };
    auto principal = co_await net::on_worker(check.directory_pool, std::move(look_up));
    if (!principal) co_return refuse_events(supervision.refusals, principal.error());
    auto by_user = supervision.admission.admit(principal->user_id);
    if (!by_user)
        co_return refuse_events(supervision.refusals, {error_of(by_user.error()), "", ""});
    ticket.join(std::move(*by_user));

    auto start = start_of(context, supervision.rules.on_loop(context.loop), *principal);
    if (!start) co_return refuse_events(supervision.refusals, start.error());
    co_return std::make_unique<live::SseConnection>(sources,
                                                    supervision,
                                                    context.loop,
                                                    std::move(*principal),
                                                    std::move(ticket),
                                                    std::move(*start));
}

}  // namespace

void add_stream_routes(http::Router& router,
                       live::Sources& sources,
                       live::Supervision& supervision,
                       live::CredentialCheck& check,
                       const net::WebSocketOptions& options) {
    router.add_stream(
        "/api/v1/events/stream",
        [&sources, &supervision, &check](http::RequestContext& context) {
            return answer(sources, supervision, check, context);
        },
        sse_options(options));
}

}  // namespace rotacast::api
