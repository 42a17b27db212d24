#pragma once

// Helpers for tests of the engine.

#include "graphql/engine.hpp"

#include <string>

namespace rotacast::graphql {

inline Prepared prepared(std::string query,
                         json::object variables = {},
                         const Limits& limits = {}) {
    return prepare(
        schema(), {.query = std::move(query), .variables = std::move(variables)}, limits);
}

/// The first error message; empty if the request is valid.
inline std::string first_error(std::string query,
                               json::object variables = {},
                               const Limits& limits = {}) {
    const auto made = prepared(std::move(query), std::move(variables), limits);
    return made.errors.empty() ? "" : made.errors.front().message;
}

}  // namespace rotacast::graphql
