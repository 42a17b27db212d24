#pragma once

// Coerces input values: variables and arguments (September 2025, 3.5, 3.9, 3.10, 6.1.2, 6.4.1).
// Strict: a value of the wrong type is an error, with the message of graphql-js.

#include "graphql/ast.hpp"

#include <string>

namespace rotacast::graphql {

/// A coerced scalar or enumeration, or the error message.
struct LeafValue {
    std::optional<json::value> value;
    std::string problem = {};
};
LeafValue leaf_of(const Type& leaf, const json::value& given);
/// Coerces a literal that is no variable; no list or object either, unless the scalar accepts any
/// JSON.
LeafValue leaf_of(const Type& leaf, const ast::Value& literal);

/// Values by name. A variable that was not given and has no default is absent.
using Variables = json::object;

/// 6.1.2. Appends errors to `errors`; if there are any, the result must not be used.
Variables coerce_variables(const Schema& schema,
                           const ast::Operation& operation,
                           const json::object& given,
                           const Limits& limits,
                           GraphqlErrors& errors);

/// Coerces a literal of a validated document; nullopt if a variable in it has the wrong type.
std::optional<json::value> value_of(const ast::Value& literal,
                                    TypeRef type,
                                    const Variables& variables);

/// 6.4.1. Coerces arguments and fills in defaults. The document must be validated. The remaining
/// possible error, a required variable that is null or missing, is appended.
json::object coerce_arguments(const std::vector<InputValue>& definitions,
                              const std::vector<ast::Argument>& arguments,
                              const Location& where,
                              const Variables& variables,
                              GraphqlErrors& errors);

/// Resolves a type name of the document; nullopt if the schema has no such type.
std::optional<TypeRef> type_of(const Schema& schema, const ast::TypeName& name);

}  // namespace rotacast::graphql
