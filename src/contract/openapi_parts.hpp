#pragma once

// Parts of the OpenAPI document that are derived from the tables of endpoints.

#include "contract/endpoint.hpp"
#include "reflect/json.hpp"

#include <string_view>

namespace rotacast::contract {

namespace json = boost::json;

/// The Media Type Object of this schema of `schemas`, with an example.
json::object content(std::string_view schema,
                     std::string_view media_type,
                     const json::object& schemas);

/// By status; each with its headers and an example of each body.
json::object responses(const Endpoint& endpoint, const json::object& schemas);

/// The headers that responses() refers to.
json::object response_headers();

/// The group of a path, for readers and for generators that make a file of each.
std::string_view tag_of(std::string_view path);

/// All groups with their descriptions.
json::array tags();

}  // namespace rotacast::contract
