#pragma once

// GraphQL as a function: a request becomes an operation, results of its root fields become the text
// of an answer. No socket, no clock, no thread.
//
// Resolvers stand at the roots: only root fields are resolved by somebody. Beneath a root field
// everything is data, and completing it is a walk over a flat plan that was made in prepare().
// Introspection is the engine's own and no root field for anybody else.

#include "graphql/graphql_error.hpp"
#include "graphql/limits.hpp"
#include "graphql/schema.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::graphql {

struct Request {
    std::string query;
    std::optional<std::string> operation_name = {};
    json::object variables = {};
    json::object extensions = {};
};

/// From the JSON of a request, as HTTP and both WebSocket protocols carry it: `query`,
/// `operationName`, `variables`, `extensions`. `bad_request` or `missing_field` otherwise.
Result<Request> decode_request(const json::value& value);

enum class OperationKind { query, mutation, subscription };

/// A root field as asked for: what a resolver needs.
struct RootField {
    std::string name;
    std::string response_key;
    /// Coerced, defaults filled in; keys as in the schema. Reads into the field's described
    /// arguments (graphql/arguments.hpp) with reflect::decode.
    json::object arguments;
    Location location;
};

struct Plan;

/// Parsed, validated, the operation chosen, variables coerced. Immutable; shared by any threads.
class Operation {
  public:
    Operation(OperationKind kind, std::unique_ptr<const Plan> plan);
    ~Operation();
    Operation(const Operation&) = delete;
    Operation& operator=(const Operation&) = delete;

    OperationKind kind() const { return kind_; }
    /// Merged, @skip and @include applied, in the order of the answer; `__typename`, `__schema`
    /// and `__type` are not among them. Exactly one for a subscription.
    std::span<const RootField> root_fields() const;
    /// Equal shape: equal text for equal results. The key under which a selection is shared.
    const std::string& shape() const;
    const Plan& plan() const { return *plan_; }

  private:
    OperationKind kind_;
    std::unique_ptr<const Plan> plan_;
};
using OperationPtr = std::shared_ptr<const Operation>;

struct Prepared {
    OperationPtr operation;  ///< null exactly when there are errors
    GraphqlErrors errors = {};
    bool syntax_error = false;
};

/// In bounded time and memory, whatever the request. The schema must outlive the operation.
Prepared prepare(const Schema& schema, const Request& request, const Limits& limits);

/// A root field's value, or why there is none. `data` is not copied: it must live until complete()
/// is through; null stands for the value null.
struct RootResult {
    const json::value* data = nullptr;
    std::optional<GraphqlError> error = {};  ///< locations and path are filled in
};

/// `{"data":…}` with `errors` behind it when there are any, then `extensions`; nulls propagate
/// as 6.4.4 says. One result per root field, in their order. Allocates the text, and beyond it
/// nothing unless there are errors.
std::string complete(const Operation& operation,
                     std::span<const RootResult> results,
                     const json::object* extensions = nullptr);

/// `{"errors":[…]}`: the answer to a request that was not carried out.
std::string refusal_text(const GraphqlErrors& errors);

}  // namespace rotacast::graphql
