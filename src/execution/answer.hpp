#pragma once

// Executes queries and mutations (docs/protocol.md, "GraphQL").

#include "auth/principal.hpp"
#include "execution/environment.hpp"
#include "graphql/engine.hpp"

#include <functional>
#include <string>

namespace rotacast::execution {

/// graphql::prepare() within the limits of `principal`; counts a request that exceeds one. Thread:
/// any.
graphql::Prepared prepare(const Environment& environment,
                          const auth::Principal& principal,
                          const graphql::Request& request);

/// Executes a query or a mutation, its fields one after the other. `done` is called once, on
/// `loop`, perhaps before this returns, with the whole response as JSON. Thread: the loop's.
void answer_graphql(Environment& environment,
                    net::Loop& loop,
                    const auth::Principal& principal,
                    graphql::OperationPtr operation,
                    std::function<void(const std::string& text)> done);

}  // namespace rotacast::execution
