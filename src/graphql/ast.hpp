#pragma once

// Syntax tree of an executable document (GraphQL, September 2025, 2). Names are views into the
// source, which must outlive the tree.

#include "graphql/engine.hpp"

#include <unordered_map>

namespace rotacast::graphql::ast {

struct Name {
    std::string_view text;
    Location location;
};

struct ObjectField;

struct Value {
    enum class Kind : std::uint8_t {
        variable,
        integer,
        number,
        string,
        boolean,
        null,
        enumeration,
        list,
        object,
    };
    Kind kind = Kind::null;
    Location location;
    std::string text;  ///< a string's value; otherwise as written, variables without `$`
    std::vector<Value> items = {};
    std::vector<ObjectField> fields;  // no `= {}`: clang would need the complete type
};

struct ObjectField {
    Name name;
    Value value;
};

struct Argument {
    Name name;
    Value value;
};

struct Directive {
    Name name;
    std::vector<Argument> arguments;
    Location location;
};

/// Wrappers from the inside out, `[` for a list and `!` for non-null: `[ID!]!` is `ID` with `![!`.
struct TypeName {
    Name name;
    std::string wrappers;
};

struct Variable {
    Name name;
    TypeName type;
    std::optional<Value> default_value;
    std::vector<Directive> directives;
};

/// A field, a fragment spread or an inline fragment.
struct Selection {
    enum class Kind : std::uint8_t { field, spread, inline_fragment };
    Kind kind = Kind::field;
    Location location;
    Name alias = {};  ///< empty: none
    Name name = {};   ///< of the field, the fragment or the type condition (which may be empty)
    std::vector<Argument> arguments = {};
    std::vector<Directive> directives = {};
    std::vector<Selection> selections = {};  ///< never empty if braces were written

    std::string_view response_key() const { return alias.text.empty() ? name.text : alias.text; }
};

struct Operation {
    OperationKind kind = OperationKind::query;
    Location location;
    Name name;  ///< empty: anonymous
    std::vector<Variable> variables;
    std::vector<Directive> directives;
    std::vector<Selection> selections;
};

struct Fragment {
    Location location;
    Name name;
    Name on;
    std::vector<Directive> directives;
    std::vector<Selection> selections;
};

struct Document {
    std::vector<Operation> operations;
    std::vector<Fragment> fragments;
    /// the first definition of each name
    std::unordered_map<std::string_view, std::size_t> fragments_by_name;

    const Fragment* find_fragment(std::string_view name) const;
};

/// Prints the value as GraphQL on one line; object fields in their order or sorted by name.
std::string print(const Value& value, bool sorted = false);
std::string print(const TypeName& type);

}  // namespace rotacast::graphql::ast
