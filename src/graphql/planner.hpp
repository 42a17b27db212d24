#pragma once

// Builds the plan of a validated operation with its variables.

#include "graphql/coercion.hpp"
#include "graphql/plan.hpp"

namespace rotacast::graphql {

/// Returns nullptr if it appended to `errors`.
std::unique_ptr<const Plan> make_plan(const Schema& schema,
                                      const ast::Document& document,
                                      const ast::Operation& operation,
                                      const Variables& variables,
                                      const Limits& limits,
                                      GraphqlErrors& errors);

/// The schema's root type for this kind of operation.
const Type& root_type(const Schema& schema, OperationKind kind);

}  // namespace rotacast::graphql
