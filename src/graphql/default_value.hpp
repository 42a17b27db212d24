#pragma once

#include "graphql/schema.hpp"

namespace rotacast::graphql {

/// The default as GraphQL text: `null`, `30`, `DEAD`, `"text"`. Must exist. In our schema, defaults
/// are scalars and enumerations only.
std::string default_value_text(const InputValue& value);

}  // namespace rotacast::graphql
