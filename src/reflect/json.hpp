#pragma once

// Free-form JSON inside events (`changes`, `details`) is kept as a Boost.JSON value; it is written
// by our own appender, because Boost writes 1.0 as `1E0` and clients expect `1.0`.

#include "base/error.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace rotacast::reflect {

namespace json = boost::json;

/// Nesting accepted inbound. A schedule change needs 4.
inline constexpr std::size_t json_depth_max = 32;

void append_json(std::string& out, const json::value& value);
std::string to_json_text(const json::value& value);

/// One JSON document, UTF-8, no trailing text; duplicate keys: the last one wins; numbers that a
/// double cannot hold are refused. The error's message says where, never what.
Result<json::value> parse_json(std::string_view text);

}  // namespace rotacast::reflect
