#pragma once

#include "graphql/schema.hpp"

namespace rotacast::graphql {

/// A default as a document would write it: `null`, `30`, `DEAD`, `"text"`. There must be one.
/// Defaults of ours are scalars and enumerations.
std::string default_value_text(const InputValue& value);

}  // namespace rotacast::graphql
