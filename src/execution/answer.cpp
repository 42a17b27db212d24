#include "execution/answer.hpp"

#include "base/fault.hpp"
#include "base/log.hpp"
#include "execution/resolvers.hpp"
#include "graphql/schema.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace rotacast::execution {
namespace {

struct Known {
    std::string_view field;
    Resolver resolver;
};

constexpr std::array known{
    Known{"viewer", &resolve_viewer},
    Known{"presence", &resolve_presence},
    Known{"events", &resolve_events},
    Known{"cursor", &resolve_cursor},
    Known{"connectionStatistics", &resolve_connection_statistics},
    Known{"busStatistics", &resolve_bus_statistics},
    Known{"deadLetters", &resolve_dead_letters},
    Known{"deadLetter", &resolve_dead_letter},
    Known{"deliveries", &resolve_deliveries},
    Known{"replays", &resolve_replays},
    Known{"replay", &resolve_replay},
    Known{"publish", &mutate_publish},
    Known{"replayDeadLetters", &mutate_replay_dead_letters},
    Known{"discardDeadLetters", &mutate_discard_dead_letters},
};

using Done = std::function<void(const std::string& text)>;

/// Must not move until the response is complete, because results point into it.
struct Found {
    graphql::json::value data;
    std::optional<graphql::GraphqlError> error;
};

Resolved resolve(Asker& asker, const graphql::RootField& field) {
    const auto resolver = find_resolver(field.name);
    if (resolver == nullptr) co_return Error{ErrorCode::internal, "", ""};
    // A coroutine cannot co_await in a catch block.
    try {
        auto result = co_await resolver(asker, field);
        co_return result;
    } catch (...) {
        log::error("graphql: {} failed: {}", field.name, fault_name());
    }
    co_return Error{ErrorCode::internal, "", ""};
}

std::string failure() {
    std::string text = R"({"data":null,"errors":[)";
    graphql::append_error(text, graphql::to_graphql_error({ErrorCode::internal, "", ""}));
    return text + "]}";
}

// One field after the other: required for mutations (GraphQL §6.2.2), good enough for queries.
net::asio::awaitable<std::string> found_by(Asker& asker, const graphql::Operation& operation) {
    std::vector<Found> found;
    for (const auto& field : operation.root_fields()) {
        auto result = co_await resolve(asker, field);
        auto& one = found.emplace_back();
        if (result) {
            one.data = std::move(*result);
        } else {
            asker.environment.supervision.refusals.count(result.error().code);
            one.error = graphql::to_graphql_error(result.error());
        }
    }
    std::vector<graphql::RootResult> results;
    results.reserve(found.size());
    for (auto& one : found) results.push_back({&one.data, std::move(one.error)});
    co_return graphql::complete(operation, results);
}

// Calls `done` in every case: the client waits for the response.
net::asio::awaitable<void> run(Asker asker, graphql::OperationPtr operation, Done done) {
    std::string text;
    try {
        text = co_await found_by(asker, *operation);
    } catch (...) {
        log::error("graphql: an operation failed: {}", fault_name());
        text = failure();
    }
    done(text);
}

}  // namespace

graphql::Prepared prepare(const Environment& environment,
                          const auth::Principal& principal,
                          const graphql::Request& request) {
    auto prepared = graphql::prepare(
        graphql::schema(), request, environment.operation_rules.limits_for(principal));
    for (const auto& error : prepared.errors)
        environment.supervision.refusals.count(
            static_cast<ErrorCode>(error.extensions.at("code").as_int64()));
    return prepared;
}

Resolver find_resolver(std::string_view root_field) {
    const auto* one = std::ranges::find(known, root_field, &Known::field);
    return one == known.end() ? nullptr : one->resolver;
}

void answer_graphql(Environment& environment,
                    net::Loop& loop,
                    const auth::Principal& principal,
                    graphql::OperationPtr operation,
                    std::function<void(const std::string& text)> done) {
    net::asio::co_spawn(loop.executor(),
                        run({environment, loop, principal}, std::move(operation), std::move(done)),
                        net::asio::detached);
}

}  // namespace rotacast::execution
