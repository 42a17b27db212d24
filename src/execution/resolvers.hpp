#pragma once

// Resolvers of the root fields of Query and Mutation. Each is one function of the asker and the
// field's arguments, and checks itself whether the asker is authorised, as api/operator_route does.

#include "auth/access.hpp"
#include "execution/environment.hpp"
#include "graphql/engine.hpp"
#include "net/offload.hpp"
#include "reflect/decode.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace rotacast::execution {

/// Who asks, and on which loop the response is made. Lives until the response is complete.
struct Asker {
    Environment& environment;
    net::Loop& loop;
    auth::Principal principal;

    /// The name in audit rows.
    std::string name() const { return "user:" + to_string(principal.user_id); }
};

using Resolved = net::asio::awaitable<Result<graphql::json::value>>;
using Resolver = Resolved (*)(Asker& asker, const graphql::RootField& field);

/// nullptr for a field that the schema does not have.
Resolver find_resolver(std::string_view root_field);

/// Errors: `invalid_field` unless `limit` is a valid page size.
inline Result<void> check_limit(std::int64_t limit) {
    if (limit >= 1 && limit <= 500) return {};
    return Error{ErrorCode::invalid_field, "limit takes 1 to 500.", "/limit"};
}

Resolved resolve_viewer(Asker& asker, const graphql::RootField& field);
Resolved resolve_presence(Asker& asker, const graphql::RootField& field);
Resolved resolve_events(Asker& asker, const graphql::RootField& field);
Resolved resolve_cursor(Asker& asker, const graphql::RootField& field);
// For operators.
Resolved resolve_connection_statistics(Asker& asker, const graphql::RootField& field);
Resolved resolve_bus_statistics(Asker& asker, const graphql::RootField& field);
Resolved resolve_dead_letters(Asker& asker, const graphql::RootField& field);
Resolved resolve_dead_letter(Asker& asker, const graphql::RootField& field);
Resolved resolve_deliveries(Asker& asker, const graphql::RootField& field);
Resolved resolve_replays(Asker& asker, const graphql::RootField& field);
Resolved resolve_replay(Asker& asker, const graphql::RootField& field);
Resolved mutate_publish(Asker& asker, const graphql::RootField& field);
Resolved mutate_replay_dead_letters(Asker& asker, const graphql::RootField& field);
Resolved mutate_discard_dead_letters(Asker& asker, const graphql::RootField& field);

template <class Arguments>
Result<Arguments> arguments_of(const graphql::RootField& field) {
    return reflect::decode<Arguments>(graphql::json::value(field.arguments));
}

/// Errors: `forbidden` unless the asker is an admin or a coordinator.
Result<void> check_operator(const Asker& asker);

/// `begin(done)` starts a request to the bus; `done` takes a Result<T>, on any thread.
template <class T, class Begin>
net::asio::awaitable<Result<T>> await_result(Begin begin) {
    return net::resumed_by<Result<T>>(std::move(begin));
}

}  // namespace rotacast::execution
