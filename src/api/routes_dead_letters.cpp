// Deliveries that handlers failed to process: GET /api/v1/bus/dead-letters, replays, discards.

#include "api/await_result.hpp"
#include "api/bus_json.hpp"
#include "api/bus_requests.hpp"
#include "api/operator_route.hpp"
#include "api/routes.hpp"
#include "live/operators.hpp"

namespace rotacast::api {
namespace {

using http::Response;
using net::asio::awaitable;

awaitable<Response> dead_letters(live::Operators& operators,
                                 http::RequestContext& context,
                                 const std::string&) {
    const auto good = check_query(
        context, {"subscriber", "event_type", "error", "event_id", "state", "before", "limit"});
    if (!good) co_return http::error_response(good.error());
    const auto filter = dead_letter_filter_of(context);
    if (!filter) co_return http::error_response(filter.error());
    const auto page = page_of(context);
    if (!page) co_return http::error_response(page.error());
    auto begin = [&bus_admin = operators.bus_admin, &filter, &page](auto resume) {
        bus_admin.dead_letters(*filter, *page, std::move(resume));
    };
    const auto found = co_await await_result<std::vector<bus::DeadLetter>>(std::move(begin));
    const auto write = [&](const auto& list) { return letters_text(list, *page); };
    co_return respond(found, write);
}

awaitable<Response> dead_letter(live::Operators& operators,
                                http::RequestContext& context,
                                const std::string&) {
    const auto id = path_id(context);
    if (!id) co_return http::error_response(id.error());
    auto begin = [&bus_admin = operators.bus_admin, &id](auto resume) {
        bus_admin.find_dead_letter(*id, std::move(resume));
    };
    const auto found = co_await await_result<bus::DeadLetter>(std::move(begin));
    co_return respond(found, dead_letter_text);
}

awaitable<Response> dead_letter_groups(live::Operators& operators,
                                       http::RequestContext& context,
                                       const std::string&) {
    const auto good =
        check_query(context, {"subscriber", "event_type", "error", "event_id", "state"});
    if (!good) co_return http::error_response(good.error());
    const auto filter = dead_letter_filter_of(context);
    if (!filter) co_return http::error_response(filter.error());
    auto begin = [&bus_admin = operators.bus_admin, &filter](auto resume) {
        bus_admin.dead_letter_groups(*filter, std::move(resume));
    };
    const auto found = co_await await_result<std::vector<bus::DeadLetterGroup>>(std::move(begin));
    co_return respond(found, dead_letter_groups_text);
}

awaitable<Response> replay(live::Operators& operators,
                           http::RequestContext& context,
                           const std::string& who) {
    const auto wanted = decode_replay(context.request.body(), operators.journal.state().epoch);
    if (!wanted) co_return http::error_response(wanted.error());
    auto begin = [&bus_admin = operators.bus_admin, &wanted, &who](auto resume) {
        if (const auto& range = wanted->range)
            bus_admin.replay_range(
                range->subscriber, range->from, range->to, who, std::move(resume));
        else
            bus_admin.replay(wanted->filter, who, std::move(resume));
    };
    const auto begun = co_await await_result<bus::Replay>(std::move(begin));
    co_return respond(begun, replay_text, http::status::accepted);
}

awaitable<Response> replays(live::Operators& operators,
                            http::RequestContext& context,
                            const std::string&) {
    if (const auto good = check_query(context, {"before", "limit"}); !good)
        co_return http::error_response(good.error());
    const auto page = page_of(context);
    if (!page) co_return http::error_response(page.error());
    auto begin = [&bus_admin = operators.bus_admin, &page](auto resume) {
        bus_admin.replays(*page, std::move(resume));
    };
    const auto found = co_await await_result<std::vector<bus::Replay>>(std::move(begin));
    const auto write = [&](const auto& list) { return replays_text(list, *page); };
    co_return respond(found, write);
}

awaitable<Response> one_replay(live::Operators& operators,
                               http::RequestContext& context,
                               const std::string&) {
    const auto id = path_id(context);
    if (!id) co_return http::error_response(id.error());
    auto begin = [&bus_admin = operators.bus_admin, &id](auto resume) {
        bus_admin.find_replay(*id, std::move(resume));
    };
    const auto found = co_await await_result<bus::Replay>(std::move(begin));
    co_return respond(found, replay_text);
}

awaitable<Response> discard(live::Operators& operators,
                            http::RequestContext& context,
                            const std::string& who) {
    const auto wanted = decode_discard(context.request.body());
    if (!wanted) co_return http::error_response(wanted.error());
    auto begin = [&bus_admin = operators.bus_admin, &wanted, &who](auto resume) {
        bus_admin.discard(wanted->filter, wanted->reason, who, std::move(resume));
    };
    const auto count = co_await await_result<std::int64_t>(std::move(begin));
    const auto write = [](std::int64_t n) { return count_text("discarded", n); };
    co_return respond(count, write);
}

awaitable<Response> restore(live::Operators& operators,
                            http::RequestContext& context,
                            const std::string& who) {
    const auto filter = decode_restore(context.request.body());
    if (!filter) co_return http::error_response(filter.error());
    auto begin = [&bus_admin = operators.bus_admin, &filter, &who](auto resume) {
        bus_admin.restore(*filter, who, std::move(resume));
    };
    const auto count = co_await await_result<std::int64_t>(std::move(begin));
    const auto write = [](std::int64_t n) { return count_text("restored", n); };
    co_return respond(count, write);
}

}  // namespace

void add_dead_letter_routes(http::Router& router, live::Operators& operators) {
    using enum http::verb;
    const std::string bus = "/api/v1/bus";
    const auto route = operator_routes(router, operators);
    route(get, bus + "/dead-letters", dead_letters);
    route(get, bus + "/dead-letters/groups", dead_letter_groups);
    route(get, bus + "/dead-letters/{id}", dead_letter);
    route(post, bus + "/replays", replay);
    route(get, bus + "/replays", replays);
    route(get, bus + "/replays/{id}", one_replay);
    route(post, bus + "/discards", discard);
    route(post, bus + "/restores", restore);
}

}  // namespace rotacast::api
