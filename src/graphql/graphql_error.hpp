#pragma once

// What a client is told in `errors` (GraphQL, September 2025, 7.1.2).

#include "base/error.hpp"
#include "reflect/json.hpp"

#include <boost/json/array.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::graphql {

namespace json = boost::json;

/// In the document; both count from 1, columns in UTF-16 units as clients count them.
struct Location {
    std::uint32_t line = 1;
    std::uint32_t column = 1;

    bool operator==(const Location&) const = default;
};

/// The message names types, fields and, of variables, the value: it goes back to who sent it, and
/// nowhere else (never into a log or a metric).
struct GraphqlError {
    std::string message;
    std::vector<Location> locations = {};
    json::array path = {};         ///< response keys and list indices; empty: left out
    json::object extensions = {};  ///< empty: left out
};
using GraphqlErrors = std::vector<GraphqlError>;

/// One of ours, its number and name in `extensions` (`code`, `name`).
GraphqlError to_graphql_error(const Error& error);

/// Of such a one; nullopt for what is the language's.
std::optional<ErrorCode> number_of(const GraphqlError& error);

/// The beginning of UTF-8 text, ending between code points.
std::string_view cut(std::string_view text, std::size_t bytes_max);

/// A message that repeats what a client sent stays short.
std::string shortened(std::string message);

/// The JSON text of a list, of one.
void append_errors(std::string& out, const GraphqlErrors& errors);
void append_error(std::string& out, const GraphqlError& error);

}  // namespace rotacast::graphql
