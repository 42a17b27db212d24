// 5.8 Variables.

#include "graphql/rules.hpp"

#include <fmt/format.h>

#include <unordered_set>

namespace rotacast::graphql {
namespace {

using Definitions = std::unordered_map<std::string_view, const ast::Variable*>;

Definitions definitions_of(const ast::Operation& operation) {
    Definitions definitions;
    for (const auto& variable : operation.variables) definitions[variable.name.text] = &variable;
    return definitions;
}

std::string in_operation(std::string_view what, const ast::Operation& operation) {
    if (operation.name.text.empty()) return {};
    return fmt::format(" {} operation \"{}\"", what, operation.name.text);
}

/// IsSubType for input types: the same named type, the same nesting of lists, and nowhere nullable
/// where `place` is not.
bool fits(TypeRef variable, TypeRef place) {
    if (place.is_non_null()) return variable.is_non_null() && fits(variable.inner(), place.inner());
    const auto nullable = variable.nullable();
    if (place.is_list() || nullable.is_list())
        return place.is_list() && nullable.is_list() && fits(nullable.inner(), place.inner());
    return &nullable.named() == &place.named();
}

/// AreTypesCompatible, including the exception for defaults.
bool may_stand(const ast::Variable& definition, TypeRef variable, const VariableUse& use) {
    const auto place = *use.type;
    if (!place.is_non_null() || variable.is_non_null()) return fits(variable, place);
    const bool has_default =
        definition.default_value && definition.default_value->kind != ast::Value::Kind::null;
    return (has_default || use.has_location_default) && fits(variable, place.inner());
}

template <class F>
void for_each_operation(const Facts& facts, F check) {
    for (const auto& scope : facts.scopes)
        if (scope.operation) check(*scope.operation, scope.reached);
}

}  // namespace

void unique_variable_names(const Facts& facts, Report& report) {
    for (const auto& operation : facts.document.operations) {
        std::unordered_map<std::string_view, Location> known;
        for (const auto& [name, type, default_value, directives] : operation.variables) {
            const auto [first, fresh] = known.try_emplace(name.text, name.location);
            if (!fresh)
                report.add(fmt::format("There can be only one variable named \"${}\".", name.text),
                           {first->second, name.location});
        }
    }
}

void variables_are_input_types(const Facts& facts, Report& report) {
    for (const auto& operation : facts.document.operations)
        for (const auto& variable : operation.variables) {
            const auto type = type_of(facts.schema, variable.type);
            if (type && !type->named().is_input())
                report.add(fmt::format("Variable \"${}\" cannot be non-input type \"{}\".",
                                       variable.name.text,
                                       print(variable.type)),
                           {variable.type.name.location});
        }
}

void no_undefined_variables(const Facts& facts, Report& report) {
    for_each_operation(facts, [&](const ast::Operation& operation, const auto& scopes) {
        const auto definitions = definitions_of(operation);
        for (const auto* scope : scopes)
            for (const auto& use : scope->variables)
                if (!definitions.contains(use.name))
                    report.add(fmt::format("Variable \"${}\" is not defined{}.",
                                           use.name,
                                           in_operation("by", operation)),
                               {use.location, operation.location});
    });
}

void no_unused_variables(const Facts& facts, Report& report) {
    for_each_operation(facts, [&](const ast::Operation& operation, const auto& scopes) {
        if (operation.variables.empty()) return;
        std::unordered_set<std::string_view> used;
        for (const auto* scope : scopes)
            for (const auto& use : scope->variables) used.insert(use.name);
        for (const auto& variable : operation.variables)
            if (!used.contains(variable.name.text))
                report.add(fmt::format("Variable \"${}\" is never used{}.",
                                       variable.name.text,
                                       in_operation("in", operation)),
                           {variable.name.location});
    });
}

void variables_in_allowed_position(const Facts& facts, Report& report) {
    for_each_operation(facts, [&](const ast::Operation& operation, const auto& scopes) {
        const auto definitions = definitions_of(operation);
        for (const auto* scope : scopes)
            for (const auto& use : scope->variables) {
                const auto found = definitions.find(use.name);
                if (found == definitions.end() || !use.type) continue;
                const auto type = type_of(facts.schema, found->second->type);
                if (!type || may_stand(*found->second, *type, use)) continue;
                report.add(fmt::format("Variable \"${}\" of type \"{}\" used in position expecting "
                                       "type \"{}\".",
                                       use.name,
                                       to_string(*type),
                                       to_string(*use.type)),
                           {found->second->name.location, use.location});
            }
    });
}

}  // namespace rotacast::graphql
