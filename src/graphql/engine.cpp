#include "graphql/engine.hpp"

#include "graphql/parser.hpp"
#include "graphql/plan.hpp"
#include "graphql/planner.hpp"

#include "graphql/rules.hpp"

#include <fmt/format.h>

namespace rotacast::graphql {
namespace {

Prepared refused(GraphqlErrors errors, ErrorCode code = ErrorCode::graphql_validation) {
    for (auto& error : errors) give_number(error, code);
    return {nullptr, std::move(errors)};
}

/// GetOperation() (September 2025, 6.1).
const ast::Operation* choose(const ast::Document& document,
                             const std::optional<std::string>& name,
                             GraphqlErrors& errors) {
    const auto& operations = document.operations;
    if (operations.empty())
        errors.push_back({.message = "Must provide an operation."});
    else if (!name && operations.size() > 1)
        errors.push_back(
            {.message = "Must provide operation name if query contains multiple operations."});
    else if (!name)
        return &operations.front();
    else
        for (const auto& operation : operations)
            if (operation.name.text == *name) return &operation;
    if (errors.empty())
        errors.push_back(
            {.message = fmt::format("Unknown operation named \"{}\".", cut(*name, 100))});
    return nullptr;
}

Error wrong(std::string_view member, std::string_view wanted) {
    return {ErrorCode::bad_request,
            fmt::format("`{}` must be {}.", member, wanted),
            '/' + std::string(member)};
}

/// The object at `member`; empty if it is null or missing.
Result<json::object> object_at(const json::object& request, std::string_view member) {
    const auto* value = request.if_contains(member);
    if (!value || value->is_null()) return json::object();
    if (!value->is_object()) return wrong(member, "an object");
    return value->get_object();
}

}  // namespace

Operation::Operation(OperationKind kind, std::unique_ptr<const Plan> plan)
    : kind_(kind), plan_(std::move(plan)) {}

Operation::~Operation() = default;

std::span<const RootField> Operation::root_fields() const {
    return plan_->root_fields;
}

const std::string& Operation::shape() const {
    return plan_->shape;
}

Result<Request> decode_request(const json::value& value) {
    const auto* object = value.if_object();
    if (!object) return Error{ErrorCode::bad_request, "The request must be a JSON object.", ""};
    const auto* query = object->if_contains("query");
    if (!query) return Error{ErrorCode::missing_field, "`query` is missing.", "/query"};
    if (!query->is_string()) return wrong("query", "a string");
    Request request{.query = std::string(query->get_string())};
    if (const auto* name = object->if_contains("operationName"); name && !name->is_null()) {
        if (!name->is_string()) return wrong("operationName", "a string");
        request.operation_name = std::string(name->get_string());
    }
    auto variables = object_at(*object, "variables");
    if (!variables) return variables.error();
    request.variables = std::move(*variables);
    auto extensions = object_at(*object, "extensions");
    if (!extensions) return extensions.error();
    request.extensions = std::move(*extensions);
    return request;
}

Prepared prepare(const Schema& schema, const Request& request, const Limits& limits) {
    auto parsed = parse(request.query, limits);
    if (auto* failure = std::get_if<ParseFailure>(&parsed))
        return refused({std::move(failure->error)}, ErrorCode::graphql_syntax);
    const auto& document = std::get<ast::Document>(parsed);
    if (auto errors = validate(schema, document, limits); !errors.empty())
        return refused(std::move(errors));
    GraphqlErrors errors;
    const auto* operation = choose(document, request.operation_name, errors);
    if (!operation) return refused(std::move(errors));
    const auto variables = coerce_variables(schema, *operation, request.variables, limits, errors);
    if (!errors.empty()) return refused(std::move(errors));
    auto plan = make_plan(schema, document, *operation, variables, limits, errors);
    if (!plan) return refused(std::move(errors));
    return {std::make_shared<const Operation>(operation->kind, std::move(plan))};
}

}  // namespace rotacast::graphql
