#pragma once

#include "graphql/graphql_error.hpp"

namespace rotacast::graphql {

/// Formats a value for an error message to the client that sent it; short whatever its size.
std::string inspect(const json::value& value);

}  // namespace rotacast::graphql
