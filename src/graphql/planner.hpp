#pragma once

// A validated operation and its variables into a plan.

#include "graphql/coercion.hpp"
#include "graphql/plan.hpp"

namespace rotacast::graphql {

/// nullptr when something was appended to `errors`.
std::unique_ptr<const Plan> make_plan(const Schema& schema,
                                      const ast::Document& document,
                                      const ast::Operation& operation,
                                      const Variables& variables,
                                      const Limits& limits,
                                      GraphqlErrors& errors);

/// The type at which an operation of this kind begins.
const Type& root_type(const Schema& schema, OperationKind kind);

}  // namespace rotacast::graphql
