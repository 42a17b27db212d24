#include "reflect/json.hpp"

#include "base/json_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/value_stack.hpp>

#include <charconv>
#include <cmath>

namespace rotacast::reflect {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

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

/// Builds a value from the events of Boost's parser, except doubles: Boost's own conversion gets
/// the last digit wrong for one in ten numbers of full length, and a number must be written as it
/// was read.
struct ValueBuilder {
    static constexpr std::size_t max_object_size = json::object::max_size();
    static constexpr std::size_t max_array_size = json::array::max_size();
    static constexpr std::size_t max_key_size = json::string::max_size();
    static constexpr std::size_t max_string_size = json::string::max_size();

    json::value_stack stack;

    bool on_document_begin(json::error_code&) { return true; }
    bool on_document_end(json::error_code&) { return true; }
    bool on_object_begin(json::error_code&) { return true; }
    bool on_object_end(std::size_t count, json::error_code&) {
        stack.push_object(count);
        return true;
    }
    bool on_array_begin(json::error_code&) { return true; }
    bool on_array_end(std::size_t count, json::error_code&) {
        stack.push_array(count);
        return true;
    }
    bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
        stack.push_chars(part);
        return true;
    }
    bool on_key(json::string_view last, std::size_t, json::error_code&) {
        stack.push_key(last);
        return true;
    }
    bool on_string_part(json::string_view part, std::size_t, json::error_code&) {
        stack.push_chars(part);
        return true;
    }
    bool on_string(json::string_view last, std::size_t, json::error_code&) {
        stack.push_string(last);
        return true;
    }
    bool on_number_part(json::string_view, json::error_code&) { return true; }
    bool on_int64(std::int64_t number, json::string_view, json::error_code&) {
        stack.push_int64(number);
        return true;
    }
    bool on_uint64(std::uint64_t number, json::string_view, json::error_code&) {
        stack.push_uint64(number);
        return true;
    }
    // The document is parsed in one piece, so `text` is the whole number. A number too small for a
    // double becomes zero, as Boost rounds it; one that is too large is an error.
    bool on_double(double rounded, json::string_view text, json::error_code& ec) {
        double number = rounded;
        const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
        if (result.ec != std::errc{}) number = rounded;
        if (!std::isfinite(number)) {
            ec = json::error::exponent_overflow;
            return false;
        }
        stack.push_double(number);
        return true;
    }
    bool on_bool(bool flag, json::error_code&) {
        stack.push_bool(flag);
        return true;
    }
    bool on_null(json::error_code&) {
        stack.push_null();
        return true;
    }
    bool on_comment_part(json::string_view, json::error_code&) { return true; }
    bool on_comment(json::string_view, json::error_code&) { return true; }
};

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
    const std::size_t skipped = text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
    text.remove_prefix(skipped);
    json::parse_options options;
    options.max_depth = json_depth_max;
    json::basic_parser<ValueBuilder> parser(options);
    auto& stack = parser.handler().stack;
    // One arena per document, owned by the value: a request consists of many small values.
    stack.reset(json::make_shared_resource<json::monotonic_resource>(text.size() + 1024));
    json::error_code ec;
    const auto read = parser.write_some(false, text.data(), text.size(), ec);
    if (!ec && read < text.size()) ec = json::error::extra_data;
    if (ec)
        return Error{
            ErrorCode::bad_json,
            "Not JSON at byte " + std::to_string(skipped + read) + ": " + ec.message() + ".",
            ""};
    return stack.release();
}

}  // namespace rotacast::reflect
