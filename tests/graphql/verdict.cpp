// Runs the GraphQL engine on standard input, for comparison with graphql-js. Each line is a request
// as JSON (`query`, `variables`, `operationName`), with the values of root fields by name in
// `data`. Each line of output is `{"verdict":"valid"|"invalid"|"syntax","answer":{…}}`, where the
// answer is the response that a client would get.

#include "graphql/engine.hpp"

#include <iostream>
#include <string>
#include <string_view>

namespace {

using namespace rotacast;
using namespace rotacast::graphql;

std::string answer_to(const Prepared& prepared, const json::object& line) {
    if (!prepared.operation) return refusal_text(prepared.errors);
    std::vector<RootResult> results;
    const auto* data = line.if_contains("data");
    for (const auto& field : prepared.operation->root_fields())
        results.push_back({data ? data->as_object().if_contains(field.name) : nullptr});
    return complete(*prepared.operation, results);
}

std::string_view verdict_of(const Prepared& prepared) {
    if (prepared.operation) return "valid";
    const auto syntax = to_graphql_error({ErrorCode::graphql_syntax, "", ""}).extensions;
    return prepared.errors.front().extensions == syntax ? "syntax" : "invalid";
}

std::string verdict_on(const json::value& line) {
    const auto request = decode_request(line);
    if (!request) return R"({"verdict":"refused"})";
    const auto prepared = prepare(schema(), *request, Limits{});
    std::string out = R"({"verdict":")";
    out += verdict_of(prepared);
    out += R"(","answer":)" + answer_to(prepared, line.as_object());
    return out + '}';
}

}  // namespace

int main() {
    std::ios::sync_with_stdio(false);
    for (std::string line; std::getline(std::cin, line);) {
        const auto value = reflect::parse_json(line);
        std::cout << (value && value->is_object() ? verdict_on(*value) : R"({"verdict":"refused"})")
                  << '\n';
    }
}
