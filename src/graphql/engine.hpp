#pragma once

// The GraphQL engine as pure functions: prepare() turns a request into an operation, complete()
// turns the results of its root fields into the text of the response. No socket, no clock, no
// thread.
//
// Only root fields have resolvers. Everything beneath a root field is data, and completing it is a
// traversal of a flat plan that prepare() has made. The engine answers introspection itself;
// resolvers do not see these fields.

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

/// Decodes a request as HTTP and both WebSocket protocols carry it: `query`, `operationName`,
/// `variables`, `extensions`. Errors: `bad_request`, `missing_field`.
Result<Request> decode_request(const json::value& value);

enum class OperationKind { query, mutation, subscription };

/// A root field of an operation, for its resolver.
struct RootField {
    std::string name;
    std::string response_key;
    /// Coerced, with defaults; keys as in the schema. Read them into the field's described
    /// arguments (graphql/arguments.hpp) with reflect::decode.
    json::object arguments;
    Location location;
};

struct Plan;

/// A request that was parsed and validated, its operation selected and its variables coerced.
/// Immutable; shared between threads.
class Operation {
  public:
    Operation(OperationKind kind, std::unique_ptr<const Plan> plan);
    ~Operation();
    Operation(const Operation&) = delete;
    Operation& operator=(const Operation&) = delete;

    OperationKind kind() const { return kind_; }
    /// Merged, with @skip and @include applied, in the order of the response. Without `__typename`,
    /// `__schema` and `__type`. Exactly one for a subscription.
    std::span<const RootField> root_fields() const;
    /// Operations with equal shape give equal text for equal results. The key for sharing results.
    const std::string& shape() const;
    const Plan& plan() const { return *plan_; }

  private:
    OperationKind kind_;
    std::unique_ptr<const Plan> plan_;
};
using OperationPtr = std::shared_ptr<const Operation>;

struct Prepared {
    OperationPtr operation;     ///< null if and only if there are errors
    GraphqlErrors errors = {};  ///< each with a number and a name in its extensions
};

/// Takes bounded time and memory for any request. The schema must outlive the operation.
Prepared prepare(const Schema& schema, const Request& request, const Limits& limits);

/// The value of a root field, or its error. `data` is not copied: it must live until complete()
/// returns. A null pointer means the value null.
struct RootResult {
    const json::value* data = nullptr;
    std::optional<GraphqlError> error = {};  ///< locations and path are filled in by complete()
};

/// `{"data":…}`, then `errors` if there are any, then `extensions`; nulls propagate as in 6.4.4.
/// Takes one result per root field, in their order. Allocates nothing but the text unless there are
/// errors.
std::string complete(const Operation& operation,
                     std::span<const RootResult> results,
                     const json::object* extensions = nullptr);

/// `{"errors":[…]}`: the response to a request that was not executed.
std::string refusal_text(const GraphqlErrors& errors);

}  // namespace rotacast::graphql
