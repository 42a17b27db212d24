#pragma once

// Entries of the response's `errors` (GraphQL, September 2025, 7.1.2).

#include "base/error.hpp"
#include "reflect/json.hpp"

#include <boost/json/array.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::graphql {

namespace json = boost::json;

/// A position in the document; both count from 1, columns in UTF-16 units as clients count them.
struct Location {
    std::uint32_t line = 1;
    std::uint32_t column = 1;

    bool operator==(const Location&) const = default;
};

/// The message contains names of types and fields, and the values of variables: send it only to the
/// client that made the request, never to a log or a metric.
struct GraphqlError {
    std::string message;
    std::vector<Location> locations = {};
    json::array path = {};         ///< response keys and list indices; omitted if empty
    json::object extensions = {};  ///< omitted if empty
};
using GraphqlErrors = std::vector<GraphqlError>;

/// Converts one of our errors; its number and name become `extensions` (`code`, `name`). The message
/// is never empty: without one of its own it is the advice of its code.
GraphqlError to_graphql_error(const Error& error);

/// Gives an error of the GraphQL language the number and name of `code`, unless it has some.
void give_number(GraphqlError& error, ErrorCode code);

/// A prefix of UTF-8 text of at most `bytes_max` bytes, cut between code points.
std::string_view cut(std::string_view text, std::size_t bytes_max);

/// Limits the length of a message that repeats what a client sent.
std::string shortened(std::string message);

/// Appends the JSON array of the errors.
void append_errors(std::string& out, const GraphqlErrors& errors);
void append_error(std::string& out, const GraphqlError& error);

}  // namespace rotacast::graphql
