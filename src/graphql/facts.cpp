#include "graphql/facts.hpp"

#include "graphql/planner.hpp"

namespace rotacast::graphql {
namespace {

std::string_view location_name(OperationKind kind) {
    switch (kind) {
        case OperationKind::mutation: return "MUTATION";
        case OperationKind::subscription: return "SUBSCRIPTION";
        default: return "QUERY";
    }
}

class FactCollector {
  public:
    explicit FactCollector(Facts& facts) : facts_(facts) {}

    void operation(const ast::Operation& operation) {
        facts_.scopes.push_back({.operation = &operation});
        directives(operation.directives, location_name(operation.kind));
        for (const auto& variable : operation.variables) {
            if (variable.default_value)
                facts_.values.push_back(
                    {&*variable.default_value, type_of(facts_.schema, variable.type)});
            directives(variable.directives, "VARIABLE_DEFINITION");
        }
        selections(operation.selections, &root_type(facts_.schema, operation.kind));
    }

    void fragment(const ast::Fragment& fragment) {
        facts_.scopes.push_back({.fragment = &fragment});
        directives(fragment.directives, "FRAGMENT_DEFINITION");
        selections(fragment.selections, composite(fragment.on.text));
    }

  private:
    Scope& scope() { return facts_.scopes.back(); }

    const Type* composite(std::string_view name) const {
        const auto* type = facts_.schema.find_type(name);
        return type && type->is_composite() ? type : nullptr;
    }

    void selections(const std::vector<ast::Selection>& set, const Type* parent) {
        for (const auto& selection : set) switch (selection.kind) {
                case ast::Selection::Kind::field: field(selection, parent); break;
                case ast::Selection::Kind::spread:
                    facts_.fragments.push_back({&selection, parent});
                    scope().spreads.push_back(&selection);
                    directives(selection.directives, "FRAGMENT_SPREAD");
                    break;
                case ast::Selection::Kind::inline_fragment:
                    facts_.fragments.push_back({&selection, parent});
                    directives(selection.directives, "INLINE_FRAGMENT");
                    selections(
                        selection.selections,
                        selection.name.text.empty() ? parent : composite(selection.name.text));
            }
    }

    void field(const ast::Selection& node, const Type* parent) {
        const auto* known = parent ? facts_.schema.find_field(*parent, node.name.text) : nullptr;
        facts_.fields.push_back({&node, parent, known});
        ArgumentsUse use{{}, &node.arguments, known ? &known->arguments : nullptr, &node, nullptr};
        if (known) use.subject = "field \"" + parent->name + '.' + known->name + '"';
        arguments(std::move(use));
        directives(node.directives, "FIELD");
        const auto* below = known ? &known->type.named() : nullptr;
        selections(node.selections, below && below->is_composite() ? below : nullptr);
    }

    void directives(const std::vector<ast::Directive>& list, std::string_view location) {
        if (!list.empty()) facts_.directive_lists.push_back(&list);
        for (const auto& node : list) {
            const auto* known = facts_.schema.find_directive(node.name.text);
            facts_.directives.push_back({&node, known, location});
            arguments({"directive \"@" + std::string(node.name.text) + '"',
                       &node.arguments,
                       known ? &known->arguments : nullptr,
                       nullptr,
                       &node});
        }
    }

    void arguments(ArgumentsUse use) {
        for (const auto& argument : *use.nodes) {
            const InputValue* known = nullptr;
            if (use.known)
                for (const auto& each : *use.known)
                    if (each.name == argument.name.text) known = &each;
            const auto type = known ? std::optional(known->type) : std::nullopt;
            facts_.values.push_back({&argument.value, type});
            variables(argument.value, type, known && known->default_value);
        }
        facts_.arguments.push_back(std::move(use));
    }

    void variables(const ast::Value& value, std::optional<TypeRef> type, bool has_default) {
        switch (value.kind) {
            case ast::Value::Kind::variable:
                scope().variables.push_back({value.text, value.location, type, has_default});
                break;
            case ast::Value::Kind::list: {
                // As in graphql-js: where no list is expected, the items have the type itself.
                const auto nullable = type ? std::optional(type->nullable()) : std::nullopt;
                const auto item =
                    nullable && nullable->is_list() ? std::optional(nullable->inner()) : nullable;
                for (const auto& each : value.items) variables(each, item, false);
                break;
            }
            case ast::Value::Kind::object:
                for (const auto& field : value.fields) {
                    const auto* known =
                        type ? type->named().find_input_field(field.name.text) : nullptr;
                    variables(field.value,
                              known ? std::optional(known->type) : std::nullopt,
                              known && known->default_value);
                }
                break;
            default: break;
        }
    }

    Facts& facts_;
};

}  // namespace

const Scope* Facts::scope_of_fragment(std::string_view name) const {
    const auto found = document.fragments_by_name.find(name);
    if (found == document.fragments_by_name.end()) return nullptr;
    return &scopes[document.operations.size() + found->second];
}

namespace {

/// Looks up names once; the traversal for each operation then uses only indices.
void reach(Facts& facts) {
    std::vector<std::vector<const Scope*>> next(facts.scopes.size());
    for (std::size_t i = 0; i < facts.scopes.size(); ++i)
        for (const auto* spread : facts.scopes[i].spreads)
            if (const auto* scope = facts.scope_of_fragment(spread->name.text))
                next[i].push_back(scope);
    const auto number = [&](const Scope* scope) {
        return static_cast<std::size_t>(scope - facts.scopes.data());
    };
    for (std::size_t i = 0; i < facts.document.operations.size(); ++i) {
        std::vector<bool> seen(facts.scopes.size());
        auto& reached = facts.scopes[i].reached;
        reached.push_back(&facts.scopes[i]);
        for (std::size_t at = 0; at < reached.size(); ++at)
            for (const auto* scope : next[number(reached[at])]) {
                if (!seen[number(scope)]) reached.push_back(scope);
                seen[number(scope)] = true;
            }
    }
}

}  // namespace

Facts collect_facts(const Schema& schema, const ast::Document& document, const Limits& limits) {
    Facts facts{schema, document, limits};
    FactCollector collector(facts);
    for (const auto& operation : document.operations) collector.operation(operation);
    for (const auto& fragment : document.fragments) collector.fragment(fragment);
    reach(facts);
    return facts;
}

}  // namespace rotacast::graphql
