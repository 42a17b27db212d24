#pragma once

// A document seen through the schema: every field with the type that it is of, every value with
// the type that is expected of it. Gathered in one walk, so that a rule is a loop over a list.

#include "graphql/coercion.hpp"

namespace rotacast::graphql {

struct FieldUse {
    const ast::Selection* node;
    const Type* parent;  ///< null: the schema does not know it
    const Field* field;  ///< null: the parent does not have it
};

/// A spread, or an inline fragment with or without a condition.
struct FragmentUse {
    const ast::Selection* node;
    const Type* parent;
};

struct DirectiveUse {
    const ast::Directive* node;
    const Directive* known;  ///< null: the schema does not
    std::string_view location;
};

/// What stands behind a field or a directive in parentheses.
struct ArgumentsUse {
    std::string subject;  ///< for messages: `field "Query.events"`, `directive "@skip"`
    const std::vector<ast::Argument>* nodes;
    const std::vector<InputValue>* known;  ///< null: nothing is known of it
    const ast::Selection* field;           ///< or
    const ast::Directive* directive;
};

/// A whole value, at an argument or as a default.
struct ValueUse {
    const ast::Value* value;
    std::optional<TypeRef> type;  ///< none: unknown
};

struct VariableUse {
    std::string_view name;
    Location location;
    std::optional<TypeRef> type;  ///< none: unknown, or free-form
    bool has_location_default = false;
};

/// What an operation or a fragment holds itself, without the fragments that it spreads.
struct Scope {
    const ast::Operation* operation = nullptr;  ///< or
    const ast::Fragment* fragment = nullptr;
    std::vector<VariableUse> variables = {};
    std::vector<const ast::Selection*> spreads = {};
    /// Of an operation: itself, then every fragment that it reaches, once each.
    std::vector<const Scope*> reached = {};
};

struct Facts {
    const Schema& schema;
    const ast::Document& document;
    const Limits& limits;
    std::vector<FieldUse> fields = {};
    std::vector<FragmentUse> fragments = {};
    std::vector<DirectiveUse> directives = {};
    std::vector<const std::vector<ast::Directive>*> directive_lists = {};
    std::vector<ArgumentsUse> arguments = {};
    std::vector<ValueUse> values = {};
    std::vector<Scope> scopes = {};  ///< operations, then fragments, in the document's order

    const Scope* scope_of_fragment(std::string_view name) const;
};

Facts gather(const Schema& schema, const ast::Document& document, const Limits& limits);

}  // namespace rotacast::graphql
