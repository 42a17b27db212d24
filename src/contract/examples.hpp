#pragma once

// Examples, made from the schemas. Their values are those of the wire specification's golden frames
// where it has one; a test compares the examples of events with what the server sends.

#include "reflect/json.hpp"

#include <string_view>

namespace rotacast::contract {

namespace json = boost::json;

/// A value that satisfies `schema`: constants and first choices, known values by the member's name,
/// and otherwise any value of the type. Optional members are left out, unless their value is known.
/// References are looked up in `schemas` by their last segment; they must not be circular. `owner`
/// is the name of the schema, for values that depend on it.
json::value example_of(const json::object& schema,
                       const json::object& schemas,
                       std::string_view owner);

}  // namespace rotacast::contract
