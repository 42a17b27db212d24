#pragma once

// Free-form JSON inside events (`changes`, `details`) is kept as a Boost.JSON value. It is written
// by our own encoder, because Boost writes 1.0 as `1E0` and clients expect `1.0`.

#include "base/error.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace rotacast::reflect {

namespace json = boost::json;

/// Accepted nesting depth of input. A schedule change needs 4.
inline constexpr std::size_t json_depth_max = 32;

void append_json(std::string& out, const json::value& value);
std::string to_json_text(const json::value& value);

/// Parses one JSON document in UTF-8, with nothing after it. A byte order mark before it is passed
/// over (RFC 8259 §8.1). Of duplicate keys the last one wins; numbers too large for a double are
/// errors. The error's message gives the position, never the content.
Result<json::value> parse_json(std::string_view text);

}  // namespace rotacast::reflect
