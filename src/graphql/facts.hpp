#pragma once

// A document resolved against the schema: every field with its type, every value with its expected
// type. Collected in one traversal, so that a validation rule is a loop over a list.

#include "graphql/coercion.hpp"

namespace rotacast::graphql {

struct FieldUse {
    const ast::Selection* node;
    const Type* parent;  ///< null: unknown to the schema
    const Field* field;  ///< null: the parent has no such field
};

/// A fragment spread, or an inline fragment with or without a type condition.
struct FragmentUse {
    const ast::Selection* node;
    const Type* parent;
};

struct DirectiveUse {
    const ast::Directive* node;
    const Directive* known;  ///< null: unknown to the schema
    std::string_view location;
};

/// The arguments of a field or of a directive.
struct ArgumentsUse {
    std::string subject;  ///< for messages: `field "Query.events"`, `directive "@skip"`
    const std::vector<ast::Argument>* nodes;
    const std::vector<InputValue>* known;  ///< null: unknown, so nothing to check against
    const ast::Selection* field;           ///< or
    const ast::Directive* directive;
};

/// A whole value: of an argument, or a default.
struct ValueUse {
    const ast::Value* value;
    std::optional<TypeRef> type;  ///< nullopt: unknown
};

struct VariableUse {
    std::string_view name;
    Location location;
    std::optional<TypeRef> type;  ///< nullopt: unknown, or inside free-form JSON
    bool has_location_default = false;
};

/// What an operation or a fragment contains itself, without the fragments that it spreads.
struct Scope {
    const ast::Operation* operation = nullptr;  ///< or
    const ast::Fragment* fragment = nullptr;
    std::vector<VariableUse> variables = {};
    std::vector<const ast::Selection*> spreads = {};
    /// For an operation: itself, then every fragment that it reaches, each once.
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

Facts collect_facts(const Schema& schema, const ast::Document& document, const Limits& limits);

}  // namespace rotacast::graphql
