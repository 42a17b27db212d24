#include "graphql/graphql_error.hpp"

#include "base/json_text.hpp"

namespace rotacast::graphql {
namespace {

void append_location(std::string& out, const Location& location) {
    out += R"({"line":)";
    append_json_integer(out, location.line);
    out += R"(,"column":)";
    append_json_integer(out, location.column);
    out += '}';
}

}  // namespace

std::string_view cut(std::string_view text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) return text;
    while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xC0) == 0x80)
        --bytes_max;
    return text.substr(0, bytes_max);
}

std::string shortened(std::string message) {
    constexpr std::size_t bytes_max = 1'000;
    if (message.size() <= bytes_max) return message;
    message.resize(cut(message, bytes_max).size());
    return message + "...";
}

GraphqlError to_graphql_error(const Error& error) {
    json::object extensions{{"code", static_cast<std::int64_t>(error.code)},
                            {"name", info(error.code).name}};
    if (!error.path.empty()) extensions["path"] = error.path;
    return {.message = std::string(message_of(error)), .extensions = std::move(extensions)};
}

void give_number(GraphqlError& error, ErrorCode code) {
    if (!error.extensions.contains("code"))
        error.extensions = to_graphql_error({code, "", ""}).extensions;
}

void append_error(std::string& out, const GraphqlError& error) {
    out += R"({"message":)";
    append_json_string(out, error.message);
    if (!error.locations.empty()) {
        out += R"(,"locations":[)";
        for (const auto& location : error.locations) {
            if (out.back() != '[') out += ',';
            append_location(out, location);
        }
        out += ']';
    }
    if (!error.path.empty()) {
        out += R"(,"path":)";
        reflect::append_json(out, error.path);
    }
    if (!error.extensions.empty()) {
        out += R"(,"extensions":)";
        reflect::append_json(out, error.extensions);
    }
    out += '}';
}

void append_errors(std::string& out, const GraphqlErrors& errors) {
    out += '[';
    for (const auto& error : errors) {
        if (&error != errors.data()) out += ',';
        append_error(out, error);
    }
    out += ']';
}

}  // namespace rotacast::graphql
