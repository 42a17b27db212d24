#pragma once

// What the schemas of a document have in common: references, and names for their parts.

#include "reflect/json.hpp"

#include <string>
#include <string_view>

namespace rotacast::contract {

namespace json = boost::json;

/// `{"$ref":"#/components/schemas/<name>"}`.
json::object schema_reference(std::string_view name);

/// Replaces `#/$defs/…` by `#/components/schemas/…` everywhere in the value.
void point_to_components(json::value& value);

/// Says of objects whose schema names no members that they may have any: openapi-typescript would
/// take them for objects without members.
void mark_free_form(json::value& schemas);

/// Moves every object and every enumeration that is nested in a schema to a component, and refers
/// to it: generators name nested schemas by their place, or not at all. Its name is its `title`
/// (`named`), or else its parent's with the property's. Equal parts share a component. Marks
/// free-form objects as mark_free_form does.
json::object with_named_parts(json::object schemas);

}  // namespace rotacast::contract
