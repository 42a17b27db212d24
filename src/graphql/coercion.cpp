#include "graphql/coercion.hpp"

#include "graphql/did_you_mean.hpp"
#include "graphql/inspect.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rotacast::graphql {
namespace {

/// Coerces one variable's value recursively and tracks the path for errors.
class VariableReader {
  public:
    VariableReader(std::string_view name,
                   const Location& where,
                   std::size_t errors_max,
                   GraphqlErrors& errors)
        : path_(name), name_(name), where_(where), errors_max_(errors_max), errors_(errors) {}

    json::value read(const json::value& given, TypeRef type) {
        if (given.is_null()) {
            if (type.is_non_null())
                refuse(given,
                       fmt::format("Expected non-nullable type \"{}\" not to be null.",
                                   to_string(type)));
            return nullptr;
        }
        const auto nullable = type.nullable();
        if (nullable.is_list()) return read_list(given, nullable.inner());
        const auto& named = nullable.named();
        if (named.kind == TypeKind::input_object) return read_object(given, named);
        auto leaf = leaf_of(named, given);
        if (!leaf.value) refuse(given, leaf.problem);
        return leaf.value ? std::move(*leaf.value) : json::value();
    }

  private:
    /// 3.12: a value that is not a list becomes a list of one element.
    json::value read_list(const json::value& given, TypeRef item) {
        json::array list;
        const auto* items = given.if_array();
        if (!items) {
            list.push_back(read(given, item));
            return list;
        }
        list.reserve(items->size());
        for (std::size_t i = 0; i < items->size() && !full(); ++i)
            list.push_back(read_at('[' + std::to_string(i) + ']', (*items)[i], item));
        return list;
    }

    json::value read_object(const json::value& given, const Type& type) {
        json::object object;
        const auto* members = given.if_object();
        if (!members) {
            refuse(given, fmt::format("Expected type \"{}\" to be an object.", type.name));
            return object;
        }
        for (const auto& field : type.input_fields) {
            if (const auto* member = members->if_contains(field.name))
                object[field.name] = read_at('.' + field.name, *member, field.type);
            else if (field.default_value)
                object[field.name] = *field.default_value;
            else if (field.type.is_non_null())
                refuse(given,
                       fmt::format("Field \"{}\" of required type \"{}\" was not provided.",
                                   field.name,
                                   to_string(field.type)));
        }
        for (const auto& [key, value] : *members)
            if (!full() && !type.find_input_field(key))
                refuse(given,
                       fmt::format("Field \"{}\" is not defined by type \"{}\".{}",
                                   cut(key, 100),
                                   type.name,
                                   did_you_mean(key, type.input_fields)));
        return object;
    }

    json::value read_at(const std::string& step, const json::value& given, TypeRef type) {
        const auto length = path_.size();
        path_ += step;
        auto value = read(given, type);
        path_.resize(length);
        return value;
    }

    bool full() const { return errors_.size() >= errors_max_; }

    void refuse(const json::value& given, const std::string& why) {
        if (full()) return;
        auto message = fmt::format("Variable \"${}\" got invalid value {}", name_, inspect(given));
        if (path_.size() > name_.size()) message += fmt::format(" at \"{}\"", path_);
        errors_.push_back({.message = message + "; " + why, .locations = {where_}});
    }

    std::string path_;
    std::string_view name_;
    Location where_;
    std::size_t errors_max_;
    GraphqlErrors& errors_;
};

const ast::Argument* find(const std::vector<ast::Argument>& arguments, std::string_view name) {
    const auto found =
        std::ranges::find(arguments, name, [](const auto& argument) { return argument.name.text; });
    return found != arguments.end() ? &*found : nullptr;
}

std::optional<json::value> list_of(const ast::Value& literal,
                                   TypeRef item,
                                   const Variables& variables) {
    json::array list;
    if (literal.kind != ast::Value::Kind::list) {
        auto only = value_of(literal, item, variables);
        if (!only) return std::nullopt;
        list.push_back(std::move(*only));
        return list;
    }
    for (const auto& element : literal.items) {
        const bool missing = element.kind == ast::Value::Kind::variable &&
                             !variables.contains(element.text) && !item.is_non_null();
        auto value = missing ? json::value() : value_of(element, item, variables);
        if (!value) return std::nullopt;
        list.push_back(std::move(*value));
    }
    return list;
}

std::optional<json::value> object_of(const ast::Value& literal,
                                     const Type& type,
                                     const Variables& variables) {
    json::object object;
    for (const auto& field : type.input_fields) {
        const auto given = std::ranges::find(
            literal.fields, field.name, [](const auto& each) { return each.name.text; });
        const bool missing =
            given == literal.fields.end() || (given->value.kind == ast::Value::Kind::variable &&
                                              !variables.contains(given->value.text));
        if (missing) {
            if (field.default_value)
                object[field.name] = *field.default_value;
            else if (field.type.is_non_null())
                return std::nullopt;
            continue;
        }
        auto value = value_of(given->value, field.type, variables);
        if (!value) return std::nullopt;
        object[field.name] = std::move(*value);
    }
    return object;
}

/// The value of a scalar that accepts any JSON may contain variables.
json::value free_form(const ast::Value& literal, const Type& any, const Variables& variables) {
    using enum ast::Value::Kind;
    if (literal.kind == variable) {
        const auto* value = variables.if_contains(literal.text);
        return value ? *value : json::value();
    }
    if (literal.kind == list) {
        json::array items;
        for (const auto& item : literal.items) items.push_back(free_form(item, any, variables));
        return items;
    }
    if (literal.kind == object) {
        json::object members;
        for (const auto& field : literal.fields)
            members[field.name.text] = free_form(field.value, any, variables);
        return members;
    }
    return leaf_of(any, literal).value.value_or(json::value());
}

}  // namespace

std::optional<TypeRef> type_of(const Schema& schema, const ast::TypeName& name) {
    const auto* named = schema.find_type(name.name.text);
    if (!named) return std::nullopt;
    TypeRef type(*named);
    for (const char wrapper : name.wrappers)
        type = wrapper == '!' ? type.non_null() : type.list_of();
    return type;
}

Variables coerce_variables(const Schema& schema,
                           const ast::Operation& operation,
                           const json::object& given,
                           const Limits& limits,
                           GraphqlErrors& errors) {
    Variables variables;
    for (const auto& definition : operation.variables) {
        if (errors.size() >= limits.errors_max) break;
        const auto type = type_of(schema, definition.type).value();  // validated
        const std::string name(definition.name.text);
        const auto refuse = [&](std::string message) {
            errors.push_back(
                {.message = std::move(message), .locations = {definition.name.location}});
        };
        const auto* value = given.if_contains(name);
        if (!value && definition.default_value) {
            variables[name] = value_of(*definition.default_value, type, {}).value_or(nullptr);
        } else if (!value && type.is_non_null()) {
            refuse(fmt::format("Variable \"${}\" of required type \"{}\" was not provided.",
                               name,
                               to_string(type)));
        } else if (value && value->is_null() && type.is_non_null()) {
            refuse(fmt::format("Variable \"${}\" of non-null type \"{}\" must not be null.",
                               name,
                               to_string(type)));
        } else if (value) {
            VariableReader reader(name, definition.name.location, limits.errors_max, errors);
            variables[name] = reader.read(*value, type);
        }
    }
    return variables;
}

std::optional<json::value> value_of(const ast::Value& literal,
                                    TypeRef type,
                                    const Variables& variables) {
    if (literal.kind == ast::Value::Kind::variable) {
        const auto* value = variables.if_contains(literal.text);
        if (!value || (value->is_null() && type.is_non_null())) return std::nullopt;
        return *value;
    }
    if (literal.kind == ast::Value::Kind::null)
        return type.is_non_null() ? std::nullopt : std::optional(json::value());
    const auto nullable = type.nullable();
    if (nullable.is_list()) return list_of(literal, nullable.inner(), variables);
    const auto& named = nullable.named();
    if (named.scalar == ScalarKind::any) return free_form(literal, named, variables);
    if (named.kind == TypeKind::input_object)
        return literal.kind == ast::Value::Kind::object ? object_of(literal, named, variables)
                                                        : std::nullopt;
    return leaf_of(named, literal).value;
}

json::object coerce_arguments(const std::vector<InputValue>& definitions,
                              const std::vector<ast::Argument>& arguments,
                              const Location& where,
                              const Variables& variables,
                              GraphqlErrors& errors) {
    json::object coerced;
    for (const auto& definition : definitions) {
        const auto refuse = [&](const Location& at, std::string_view why) {
            errors.push_back(
                {.message = fmt::format("Argument \"{}\" of {} type \"{}\" {}",
                                        definition.name,
                                        why.starts_with("must") ? "non-null" : "required",
                                        to_string(definition.type),
                                        why),
                 .locations = {at}});
        };
        const auto* argument = find(arguments, definition.name);
        const bool is_variable = argument && argument->value.kind == ast::Value::Kind::variable;
        const auto* variable = is_variable ? variables.if_contains(argument->value.text) : nullptr;
        if (!argument || (is_variable && !variable)) {
            if (definition.default_value)
                coerced[definition.name] = *definition.default_value;
            else if (definition.type.is_non_null() && argument)
                refuse(argument->value.location,
                       fmt::format("was provided the variable \"${}\" which was not provided a "
                                   "runtime value.",
                                   argument->value.text));
            else if (definition.type.is_non_null())
                refuse(where, "was not provided.");
            continue;
        }
        auto value = value_of(argument->value, definition.type, variables);
        if (value)
            coerced[definition.name] = std::move(*value);
        else if (variable)
            refuse(argument->value.location, "must not be null.");
        else
            errors.push_back({.message = fmt::format("Argument \"{}\" has invalid value {}.",
                                                     definition.name,
                                                     print(argument->value)),
                              .locations = {argument->value.location}});
    }
    return coerced;
}

}  // namespace rotacast::graphql
