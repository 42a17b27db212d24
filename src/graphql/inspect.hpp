#pragma once

#include "graphql/graphql_error.hpp"

namespace rotacast::graphql {

/// A value for the message that goes back to who sent it: short whatever its size.
std::string inspect(const json::value& value);

}  // namespace rotacast::graphql
