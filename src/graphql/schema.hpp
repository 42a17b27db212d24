#pragma once

// The model of a schema: types, fields, arguments. Rotacast's own is derived from described structs
// (graphql/schema_of.hpp) and made once.

#include "reflect/json.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::graphql {

namespace json = boost::json;

struct Type;

/// A named type with its list and non-null wrappers. A value type; the Type belongs to a Schema.
class TypeRef {
  public:
    /// More wrappers do not fit; the parser limits those of documents to fewer.
    static constexpr unsigned wrappers_max = 16;

    explicit TypeRef(const Type& named) : named_(&named) {}

    TypeRef list_of() const { return {*named_, wrappers_ << 2 | list_}; }
    TypeRef non_null() const {
        return is_non_null() ? *this : TypeRef(*named_, wrappers_ << 2 | non_null_);
    }

    bool is_non_null() const { return (wrappers_ & 3) == non_null_; }
    bool is_list() const { return (wrappers_ & 3) == list_; }  ///< false for a non-null list
    bool is_named() const { return wrappers_ == 0; }           ///< no list, nullable
    TypeRef nullable() const { return is_non_null() ? inner() : *this; }
    /// The type without its outermost list or non-null wrapper. There must be one.
    TypeRef inner() const { return {*named_, wrappers_ >> 2}; }
    const Type& named() const { return *named_; }

    bool operator==(const TypeRef&) const = default;

  private:
    static constexpr std::uint32_t non_null_ = 1;
    static constexpr std::uint32_t list_ = 2;

    TypeRef(const Type& named, std::uint32_t wrappers) : named_(&named), wrappers_(wrappers) {}

    const Type* named_;
    std::uint32_t wrappers_ = 0;  ///< two bits each, the outermost in the lowest bits
};

/// For example `[ID!]!`.
std::string to_string(TypeRef type);

/// An argument, or a field of an input object.
struct InputValue {
    std::string name;
    std::string text;
    TypeRef type;
    std::optional<json::value> default_value = {};

    bool is_required() const { return type.is_non_null() && !default_value; }
};

struct Field {
    std::string name;
    std::string text;
    std::vector<InputValue> arguments;
    TypeRef type;
    std::optional<std::string> deprecation = {};  ///< the reason, as text

    const InputValue* find_argument(std::string_view argument) const;
};

struct EnumValue {
    std::string name;
    std::string text;
};

/// Without interfaces: our schema has none.
enum class TypeKind : std::uint8_t { scalar, object, union_of, enumeration, input_object };

/// Scalars with validation rules (3.5, and our own); `any` accepts all JSON.
enum class ScalarKind : std::uint8_t {
    none,
    integer,
    big_integer,
    number,
    boolean,
    string,
    id,
    date,
    date_time,
    cursor,
    any
};

struct Type {
    TypeKind kind;
    std::string name;
    std::string text;
    ScalarKind scalar = ScalarKind::none;
    std::string specified_by = {};
    std::vector<Field> fields = {};
    std::vector<InputValue> input_fields = {};
    std::vector<EnumValue> values = {};
    std::vector<const Type*> members = {};  ///< of a union

    const Field* find_field(std::string_view field) const;
    const InputValue* find_input_field(std::string_view field) const;
    bool has_value(std::string_view value) const;

    bool is_composite() const { return kind == TypeKind::object || kind == TypeKind::union_of; }
    bool is_leaf() const { return kind == TypeKind::scalar || kind == TypeKind::enumeration; }
    bool is_input() const { return is_leaf() || kind == TypeKind::input_object; }
    /// True if a value of this type can be an `object`.
    bool may_be(const Type& object) const;
};

struct Directive {
    std::string name;
    std::string text;
    std::vector<std::string> locations;
    std::vector<InputValue> arguments;

    const InputValue* find_argument(std::string_view argument) const;
};

/// Immutable once built; the addresses of types are stable.
class Schema {
  public:
    const Type* find_type(std::string_view name) const;
    const Directive* find_directive(std::string_view name) const;
    /// All types by name, including those of introspection.
    const std::map<std::string, std::unique_ptr<Type>, std::less<>>& types() const {
        return types_;
    }
    const std::vector<Directive>& directives() const { return directives_; }

    const Type& query() const { return *query_; }
    const Type& mutation() const { return *mutation_; }
    const Type& subscription() const { return *subscription_; }

    /// `type`'s own field, or `__typename`, or at the query root `__schema` and `__type`.
    const Field* find_field(const Type& type, std::string_view name) const;

  private:
    friend class SchemaBuilder;

    std::map<std::string, std::unique_ptr<Type>, std::less<>> types_;
    std::vector<Directive> directives_;
    std::vector<Field> meta_fields_;  ///< __typename, __schema, __type
    const Type* query_ = nullptr;
    const Type* mutation_ = nullptr;
    const Type* subscription_ = nullptr;
};

/// Rotacast's schema. Built at the first call; thread-safe.
const Schema& schema();

/// The schema in the schema definition language, types sorted by name: `contract/schema.graphql`.
std::string to_sdl(const Schema& schema);

}  // namespace rotacast::graphql
