// 5.2 Operations.

#include "graphql/collect.hpp"
#include "graphql/rules.hpp"

#include <fmt/format.h>

#include <unordered_set>

namespace rotacast::graphql {
namespace {

using Seen = std::unordered_set<std::string_view>;

/// 5.2.4.1: the number of root fields must not depend on variables.
bool has_conditions(const std::vector<ast::Selection>& set,
                    const ast::Document& document,
                    Seen& fragments) {
    for (const auto& selection : set) {
        for (const auto& directive : selection.directives)
            if (directive.name.text == "skip" || directive.name.text == "include") return true;
        const auto* below = &selection.selections;
        if (selection.kind == ast::Selection::Kind::field) continue;
        if (selection.kind == ast::Selection::Kind::spread) {
            const auto* fragment = document.find_fragment(selection.name.text);
            if (!fragment || !fragments.insert(selection.name.text).second) continue;
            below = &fragment->selections;
        }
        if (has_conditions(*below, document, fragments)) return true;
    }
    return false;
}

std::string subject_of(const ast::Operation& operation) {
    return operation.name.text.empty() ? "Anonymous Subscription"
                                       : fmt::format("Subscription \"{}\"", operation.name.text);
}

}  // namespace

void unique_operation_names(const Facts& facts, Report& report) {
    std::unordered_map<std::string_view, const ast::Operation*> known;
    for (const auto& operation : facts.document.operations) {
        if (operation.name.text.empty()) continue;
        const auto [first, fresh] = known.try_emplace(operation.name.text, &operation);
        if (!fresh)
            report.add(
                fmt::format("There can be only one operation named \"{}\".", operation.name.text),
                {first->second->name.location, operation.name.location});
    }
}

void lone_anonymous_operation(const Facts& facts, Report& report) {
    if (facts.document.operations.size() < 2) return;
    for (const auto& operation : facts.document.operations)
        if (operation.name.text.empty())
            report.add("This anonymous operation must be the only defined operation.",
                       {operation.location});
}

void single_field_subscriptions(const Facts& facts, Report& report) {
    static const Variables none;
    for (const auto& scope : facts.scopes) {
        if (!scope.operation || scope.operation->kind != OperationKind::subscription) continue;
        const auto& operation = *scope.operation;
        Seen fragments;
        if (has_conditions(operation.selections, facts.document, fragments)) {
            report.add(subject_of(operation) +
                           " must not use `@skip` or `@include` directives in the top level "
                           "selection.",
                       {operation.location});
            continue;
        }
        Collector collector(facts.schema, facts.document, none, facts.limits.selections_max);
        const auto groups = collector.collect(facts.schema.subscription(), {&operation.selections});
        if (groups.size() > 1)
            report.add(subject_of(operation) + " must select only one top level field.",
                       {groups[1].first().location});
        for (const auto& group : groups)
            if (group.first().name.text.starts_with("__"))
                report.add(
                    subject_of(operation) + " must not select an introspection top level field.",
                    {group.first().location});
    }
}

}  // namespace rotacast::graphql
