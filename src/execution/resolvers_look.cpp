// Queries about the server itself: the asker, presence, connection statistics.

#include "execution/resolvers.hpp"
#include "graphql/answers.hpp"
#include "graphql/arguments.hpp"
#include "graphql/to_data.hpp"

namespace rotacast::execution {
namespace {

constexpr std::size_t schedules_max = presence::PresenceStatement::schedules_max;

graphql::UserPresenceUpdate shown(const presence::Presence& person) {
    return {person.user,
            std::string(presence::to_string(person.status)),
            person.last_seen,
            person.active_page};
}

graphql::BigInt counted(std::uint64_t count) {
    return {static_cast<std::int64_t>(count)};
}
std::int64_t number(std::size_t count) {
    return static_cast<std::int64_t>(count);
}

}  // namespace

Result<void> check_operator(const Asker& asker) {
    if (auth::may_operate(asker.principal.role)) return {};
    return Error{ErrorCode::forbidden, "This is for admins and coordinators.", ""};
}

Resolved resolve_viewer(Asker& asker, const graphql::RootField&) {
    const auto& principal = asker.principal;
    co_return graphql::to_data(graphql::Viewer{principal.user_id,
                                               principal.username,
                                               std::string(auth::to_string(principal.role)),
                                               principal.person_id,
                                               principal.expires_at});
}

Resolved resolve_presence(Asker& asker, const graphql::RootField& field) {
    auto arguments = arguments_of<graphql::PresenceArguments>(field);
    if (!arguments) co_return arguments.error();
    auto schedules = std::move(arguments->schedule_ids).value_or(std::vector<Uuid>{});
    if (schedules.size() > schedules_max)
        co_return Error{ErrorCode::invalid_field,
                        "Ask for at most " + std::to_string(schedules_max) + " schedules.",
                        "/scheduleIds"};
    auto& here = asker.environment.sources.presence.on_loop(asker.loop.index());
    auto ask = [&here, list = std::move(schedules)](auto resume) mutable {
        here.roster(std::move(list), std::move(resume));
    };
    const auto roster = co_await net::resumed_by<presence::PresenceRoster>(std::move(ask));
    graphql::PresenceRoster answer;
    for (const auto& person : roster.people) answer.people.push_back(shown(person));
    answer.complete = roster.complete;
    co_return graphql::to_data(answer);
}

Resolved resolve_connection_statistics(Asker& asker, const graphql::RootField&) {
    if (const auto good = check_operator(asker); !good) co_return good.error();
    auto ask = [&hub = asker.environment.sources.hub](auto resume) {
        hub.collect_stats(std::move(resume));
    };
    const auto stats = co_await net::resumed_by<hub::HubStats>(std::move(ask));
    std::vector<graphql::OpenConnections> open;
    for (const auto protocol : live::all_protocols)
        open.push_back({std::string(to_string(protocol)),
                        number(asker.environment.supervision.open_connections.of(protocol))});
    co_return graphql::to_data(graphql::ConnectionStatistics{number(stats.total_connections),
                                                             number(stats.unique_users),
                                                             number(stats.schedules_watched),
                                                             number(stats.persons_watched),
                                                             counted(stats.deliveries),
                                                             counted(stats.refused_subscriptions),
                                                             std::move(open),
                                                             number(stats.graphql_subscriptions)});
}

}  // namespace rotacast::execution
