#pragma once

// What most tests of the engine begin with.

#include "graphql/engine.hpp"

#include <string>

namespace rotacast::graphql {

inline Prepared prepared(std::string query,
                         json::object variables = {},
                         const Limits& limits = {}) {
    return prepare(
        schema(), {.query = std::move(query), .variables = std::move(variables)}, limits);
}

/// The first message; empty: the request is good.
inline std::string first_error(std::string query,
                               json::object variables = {},
                               const Limits& limits = {}) {
    const auto made = prepared(std::move(query), std::move(variables), limits);
    return made.errors.empty() ? "" : made.errors.front().message;
}

}  // namespace rotacast::graphql
