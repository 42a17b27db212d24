#pragma once

// Builds a schema, either type by type or from described structs: the description of a struct
// becomes that of the type, and its members become fields. The types of members are added, too.

#include "graphql/schema_of.hpp"
#include "graphql/to_data.hpp"

#include <utility>

namespace rotacast::graphql {

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <class T>
struct ItemOf {};
template <class T>
struct ItemOf<std::vector<T>> {
    using type = T;
};
template <class T>
struct ItemOf<std::optional<T>> {
    using type = T;
};

class SchemaBuilder {
  public:
    /// Starts with the scalars, the directives and the types of introspection.
    SchemaBuilder();

    /// Returns the existing type of that name, if there is one.
    Type& add(Type type);
    Type& object(std::string_view name, std::string_view text);

    /// Adds a root field with arguments of the struct Arguments and the result type Answer; adds
    /// their types.
    template <class Arguments, class Answer>
    void field(Type& root,
               std::string_view name,
               std::string_view text,
               std::optional<std::string> deprecation = {}) {
        root.fields.push_back({std::string(name),
                               std::string(text),
                               input_values<Arguments>(),
                               output<Answer>(),
                               std::move(deprecation)});
    }

    /// Call once; the builder must not be used afterwards.
    Schema build(const Type& query, const Type& mutation, const Type& subscription);

    TypeRef named(std::string_view name) const { return TypeRef(*schema_.find_type(name)); }

  private:
    void add_scalars();
    void add_directives();
    void add_introspection();

    /// Non-null unless optional.
    template <class T>
    TypeRef output() {
        if constexpr (std::same_as<T, LiveEvent>)
            return live_event().non_null();
        else
            return reference<T>(
                [this]<class U>(reflect::Tag<U>) { return this->output<U>(); },
                [this]<class U>(reflect::Tag<U>) { return this->output_object<U>(); });
    }
    template <class T>
    TypeRef input() {
        return reference<T>([this]<class U>(reflect::Tag<U>) { return this->input<U>(); },
                            [this]<class U>(reflect::Tag<U>) { return this->input_object<U>(); });
    }

    template <class T, class Inner, class Object>
    TypeRef reference(Inner inner, Object object) {
        if constexpr (is_optional<T>)
            return inner(reflect::Tag<typename ItemOf<T>::type>{}).nullable();
        else if constexpr (requires { typename ItemOf<T>::type; })
            return inner(reflect::Tag<typename ItemOf<T>::type>{}).list_of().non_null();
        else if constexpr (reflect::Described<T>)
            return object(reflect::Tag<T>{}).non_null();
        else
            return named(leaf_name(reflect::Tag<T>{})).non_null();
    }

    template <class T>
    TypeRef output_object() {
        const auto name = type_name<T>();
        if (const auto* known = schema_.find_type(name)) return TypeRef(*known);
        std::vector<Field> fields;
        reflect::for_each_member<T>([&](const auto& m) {
            using Value = typename std::decay_t<decltype(m)>::type;
            fields.push_back({reflect::to_camel(m.name), std::string(m.text), {}, output<Value>()});
        });
        if constexpr (is_live_event<T>) add_place(fields);
        auto& type = object(name, reflect::description_of<T>.text);
        type.fields = std::move(fields);
        return TypeRef(type);
    }

    template <class T>
    TypeRef input_object() {
        const auto name = type_name<T>();
        if (const auto* known = schema_.find_type(name)) return TypeRef(*known);
        return TypeRef(add({.kind = TypeKind::input_object,
                            .name = std::string(name),
                            .text = std::string(reflect::description_of<T>.text),
                            .input_fields = input_values<T>()}));
    }

    template <class T>
    std::vector<InputValue> input_values() {
        std::vector<InputValue> values;
        const T initial{};
        reflect::for_each_member<T>([&](const auto& m) {
            using Value = typename std::decay_t<decltype(m)>::type;
            auto& value = values.emplace_back(
                InputValue{reflect::to_camel(m.name), std::string(m.text), input<Value>()});
            if (is_optional<Value>)
                value.default_value.emplace(nullptr);
            else if (reflect::has(m.traits, reflect::Trait::defaulted))
                value.default_value = to_data(initial.*m.pointer);
        });
        return values;
    }

    TypeRef live_event();
    void add_place(std::vector<Field>& fields);

    static constexpr std::string_view leaf_name(reflect::Tag<std::string>) { return "String"; }
    static constexpr std::string_view leaf_name(reflect::Tag<bool>) { return "Boolean"; }
    static constexpr std::string_view leaf_name(reflect::Tag<std::int64_t>) { return "Int"; }
    static constexpr std::string_view leaf_name(reflect::Tag<double>) { return "Float"; }
    static constexpr std::string_view leaf_name(reflect::Tag<Uuid>) { return "ID"; }
    static constexpr std::string_view leaf_name(reflect::Tag<Key>) { return "ID"; }
    static constexpr std::string_view leaf_name(reflect::Tag<RowId>) { return "ID"; }
    static constexpr std::string_view leaf_name(reflect::Tag<BigInt>) { return "BigInt"; }
    static constexpr std::string_view leaf_name(reflect::Tag<CursorText>) { return "Cursor"; }
    static constexpr std::string_view leaf_name(reflect::Tag<Timestamp>) { return "DateTime"; }
    static constexpr std::string_view leaf_name(reflect::Tag<json::object>) { return "JSON"; }
    static constexpr std::string_view leaf_name(reflect::Tag<json::value>) { return "JSON"; }
    static constexpr std::string_view leaf_name(reflect::Tag<DeadLetterState>) {
        return "DeadLetterState";
    }

    Schema schema_;
};

}  // namespace rotacast::graphql
