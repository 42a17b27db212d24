#include "reflect/json.hpp"

#include "base/json_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parser.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace rotacast::reflect {
namespace {

void append_object(std::string& out, const json::object& object) {
    out += '{';
    bool first = true;
    for (const auto& [key, value] : object) {
        if (!first) out += ',';
        first = false;
        append_json_string(out, key);
        out += ':';
        append_json(out, value);
    }
    out += '}';
}

void append_array(std::string& out, const json::array& array) {
    out += '[';
    bool first = true;
    for (const auto& value : array) {
        if (!first) out += ',';
        first = false;
        append_json(out, value);
    }
    out += ']';
}

bool all_finite(const json::value& value) {
    switch (value.kind()) {
        case json::kind::double_: return std::isfinite(value.get_double());
        case json::kind::array: return std::ranges::all_of(value.get_array(), all_finite);
        case json::kind::object:
            return std::ranges::all_of(value.get_object(),
                                       [](const auto& pair) { return all_finite(pair.value()); });
        default: return true;
    }
}

}  // namespace

void append_json(std::string& out, const json::value& value) {
    switch (value.kind()) {
        case json::kind::null: out += "null"; break;
        case json::kind::bool_: out += value.get_bool() ? "true" : "false"; break;
        case json::kind::int64: append_json_integer(out, value.get_int64()); break;
        case json::kind::uint64: out += std::to_string(value.get_uint64()); break;
        case json::kind::double_: append_json_double(out, value.get_double()); break;
        case json::kind::string: append_json_string(out, value.get_string()); break;
        case json::kind::array: append_array(out, value.get_array()); break;
        case json::kind::object: append_object(out, value.get_object()); break;
    }
}

std::string to_json_text(const json::value& value) {
    std::string out;
    append_json(out, value);
    return out;
}

Result<json::value> parse_json(std::string_view text) {
    json::parse_options options;
    options.max_depth = json_depth_max;
    // One arena per document, which the value keeps alive: a request is many small values.
    json::parser parser({}, options);
    parser.reset(json::make_shared_resource<json::monotonic_resource>(text.size() + 1024));
    json::error_code ec;
    const auto read = parser.write(text.data(), text.size(), ec);
    if (ec)
        return Error{ErrorCode::bad_json,
                     "Not JSON at byte " + std::to_string(read) + ": " + ec.message() + ".",
                     ""};
    json::value value = parser.release();
    if (!all_finite(value))
        return Error{ErrorCode::bad_json, "A number is too large for a double.", ""};
    return value;
}

}  // namespace rotacast::reflect
