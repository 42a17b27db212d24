#pragma once

// What clients send becomes what resolvers read (September 2025, 3.5, 3.9, 3.10, 6.1.2, 6.4.1).
// Nothing is bent: what does not fit is refused, with the words of graphql-js.

#include "graphql/ast.hpp"

#include <string>

namespace rotacast::graphql {

/// A value of a scalar or an enumeration, or what is wrong with it.
struct LeafValue {
    std::optional<json::value> value;
    std::string problem = {};
};
LeafValue leaf_of(const Type& leaf, const json::value& given);
/// A literal that is no variable, list or object, unless the scalar takes any.
LeafValue leaf_of(const Type& leaf, const ast::Value& literal);

/// Values by name; a variable that was neither given nor has a default is not among them.
using Variables = json::object;

/// 6.1.2. Appends what is wrong, and then the variables are of no use.
Variables coerce_variables(const Schema& schema,
                           const ast::Operation& operation,
                           const json::object& given,
                           const Limits& limits,
                           GraphqlErrors& errors);

/// A literal of a validated document; nullopt when a variable in it does not fit.
std::optional<json::value> value_of(const ast::Value& literal,
                                    TypeRef type,
                                    const Variables& variables);

/// 6.4.1; defaults filled in. Of a validated document; what can still go wrong is a variable that
/// is null or not there: then an error is appended.
json::object coerce_arguments(const std::vector<InputValue>& definitions,
                              const std::vector<ast::Argument>& arguments,
                              const Location& where,
                              const Variables& variables,
                              GraphqlErrors& errors);

/// The type that a document names; nullopt: the schema has no such type.
std::optional<TypeRef> type_of(const Schema& schema, const ast::TypeName& name);

}  // namespace rotacast::graphql
