// A GraphQL request: the document up to the first NUL, then the variables as JSON.
//
// Holds for every input: it becomes an operation or is rejected with at least one message; errors
// are one JSON array; an operation without data completes to one JSON object.

#include "graphql/engine.hpp"
#include "reflect/json.hpp"

#include <cstdint>
#include <cstdlib>

namespace {

using namespace rotacast;
using namespace rotacast::graphql;

void require(bool holds) {
    if (!holds) std::abort();
}

void check_answer(const std::string& text) {
    const auto answer = reflect::parse_json(text);
    // Introspection may nest deeper than our JSON parser accepts.
    require(answer ? answer->is_object() : text.starts_with("{\"data\":{"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const auto end = input.find('\0');
    Request request{.query = std::string(input.substr(0, end))};
    if (end != std::string_view::npos)
        if (const auto variables = reflect::parse_json(input.substr(end + 1)))
            if (variables->is_object()) request.variables = variables->get_object();
    static const Limits limits{.introspection_bytes_max = 16 * 1024};
    const auto prepared = prepare(schema(), request, limits);
    require(prepared.errors.empty() == (prepared.operation != nullptr));
    if (!prepared.operation) {
        // Whatever the input, the response is JSON in UTF-8.
        require(reflect::parse_json(refusal_text(prepared.errors)).has_value());
        return 0;
    }
    const auto fields = prepared.operation->root_fields();
    require(fields.size() <= limits.root_fields_max);
    require(prepared.operation->kind() != OperationKind::subscription || fields.size() == 1);
    check_answer(complete(*prepared.operation, std::vector<RootResult>(fields.size())));
    const json::value empty(json::object_kind);
    check_answer(complete(*prepared.operation, std::vector<RootResult>(fields.size(), {&empty})));
    return 0;
}
