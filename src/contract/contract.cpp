#include "contract/contract.hpp"

#include "base/json_text.hpp"
#include "graphql/schema.hpp"

namespace rotacast::contract {
namespace {

void append_pretty(std::string& out, const json::value& value, std::size_t depth);

void append_line(std::string& out, std::size_t depth) {
    out += '\n';
    out.append(2 * depth, ' ');
}

void append_pretty(std::string& out, const json::object& object, std::size_t depth) {
    out += '{';
    bool first = true;
    for (const auto& [key, value] : object) {
        if (!first) out += ',';
        first = false;
        append_line(out, depth + 1);
        append_json_string(out, key);
        out += ": ";
        append_pretty(out, value, depth + 1);
    }
    append_line(out, depth);
    out += '}';
}

void append_pretty(std::string& out, const json::array& array, std::size_t depth) {
    out += '[';
    bool first = true;
    for (const auto& value : array) {
        if (!first) out += ',';
        first = false;
        append_line(out, depth + 1);
        append_pretty(out, value, depth + 1);
    }
    append_line(out, depth);
    out += ']';
}

void append_pretty(std::string& out, const json::value& value, std::size_t depth) {
    if (const auto* object = value.if_object(); object && !object->empty())
        append_pretty(out, *object, depth);
    else if (const auto* array = value.if_array(); array && !array->empty())
        append_pretty(out, *array, depth);
    else
        reflect::append_json(out, value);
}

}  // namespace

std::string pretty(const json::value& value) {
    std::string out;
    append_pretty(out, value, 0);
    out += '\n';
    return out;
}

std::vector<ContractFile> contract_files() {
    return {{"asyncapi.json", asyncapi_json()},
            {"configuration.md", configuration_markdown()},
            {"errors.md", errors_markdown()},
            {"events.md", events_markdown()},
            {"events.schema.json", events_schema_json()},
            {"metrics.md", metrics_markdown()},
            {"openapi.json", openapi_json()},
            {"schema.graphql", graphql::to_sdl(graphql::schema())}};
}

}  // namespace rotacast::contract
