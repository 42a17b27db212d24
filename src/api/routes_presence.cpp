// GET /api/v1/presence: the roster that `watch_presence` returns, for any active user.

#include "api/credentials.hpp"
#include "api/routes.hpp"
#include "net/offload.hpp"
#include "presence/presence_board.hpp"

namespace rotacast::api {
namespace {

constexpr std::size_t schedules_max = presence::PresenceStatement::schedules_max;

/// Reads `?schedule=`, which may be repeated; without it, everybody.
Result<std::vector<Uuid>> schedules_of(const http::RequestContext& context) {
    std::vector<Uuid> schedules;
    for (const auto& [name, value] : context.target.query) {
        if (name != "schedule") continue;
        const auto id = Uuid::parse(value);
        if (!id) return Error{ErrorCode::invalid_field, "schedule takes a UUID.", "/schedule"};
        if (schedules.size() == schedules_max)
            return Error{ErrorCode::invalid_field,
                         "Ask for at most " + std::to_string(schedules_max) + " schedules.",
                         "/schedule"};
        schedules.push_back(*id);
    }
    return schedules;
}

std::string roster_text(const presence::PresenceRoster& roster) {
    std::string out = R"({"users":[)";
    for (const auto& person : roster.people) {
        out += out.back() == '[' ? "{" : ",{";
        presence::append_presence_members(out, person);
        out += '}';
    }
    out += R"(],"complete":)";
    out += roster.complete ? "true}" : "false}";
    return out;
}

net::asio::awaitable<http::Response> presence(live::CredentialCheck& check,
                                              presence::PresenceBoard& board,
                                              http::RequestContext& context) {
    const auto principal = co_await authenticate(check, context);
    if (!principal) co_return http::error_response(principal.error());
    auto schedules = schedules_of(context);
    if (!schedules) co_return http::error_response(schedules.error());
    auto& here = board.on_loop(context.loop.index());
    auto ask = [&here, asked = std::move(*schedules)](auto resume) mutable {
        here.roster(std::move(asked), std::move(resume));
    };
    const auto roster = co_await net::resumed_by<presence::PresenceRoster>(std::move(ask));
    co_return http::json_response(http::status::ok, roster_text(roster));
}

}  // namespace

void add_presence_routes(http::Router& router,
                         live::CredentialCheck& check,
                         presence::PresenceBoard& board) {
    router.add(
        http::verb::get, "/api/v1/presence", [&check, &board](http::RequestContext& context) {
            return presence(check, board, context);
        });
}

}  // namespace rotacast::api
