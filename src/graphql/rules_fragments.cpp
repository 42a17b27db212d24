// 5.5 Fragments.

#include "graphql/did_you_mean.hpp"
#include "graphql/rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

namespace rotacast::graphql {
namespace {

std::string nearest_type(const Schema& schema, std::string_view wrong) {
    std::vector<std::string_view> names;
    for (const auto& [name, type] : schema.types()) names.push_back(name);
    const auto found = nearest(wrong, names);
    return found.empty() ? "" : fmt::format(" Did you mean \"{}\"?", found);
}

void check_type_name(const Facts& facts, const ast::Name& name, Report& report) {
    if (!report.full() && !facts.schema.find_type(name.text))
        report.add(
            fmt::format("Unknown type \"{}\".{}", name.text, nearest_type(facts.schema, name.text)),
            {name.location});
}

bool is_conditioned(const FragmentUse& use) {
    return use.node->kind == ast::Selection::Kind::inline_fragment && !use.node->name.text.empty();
}

bool overlap(const Type& a, const Type& b) {
    if (a.may_be(b) || b.may_be(a)) return true;
    return std::ranges::any_of(a.members, [&](const auto* member) { return b.may_be(*member); });
}

/// Depth-first search along spreads; meeting a fragment that is on the current path means a cycle.
class CycleSearch {
  public:
    CycleSearch(const Facts& facts, Report& report) : facts_(facts), report_(report) {}

    void visit(const Scope& scope) {
        const auto name = scope.fragment->name.text;
        if (!seen_.insert(name).second) return;
        way_.push_back(name);
        for (const auto* spread : scope.spreads) {
            if (std::ranges::find(way_, spread->name.text) != way_.end())
                report_cycle(*spread);
            else if (const auto* next = facts_.scope_of_fragment(spread->name.text))
                visit(*next);
        }
        way_.pop_back();
    }

  private:
    void report_cycle(const ast::Selection& spread) {
        const auto begin = std::ranges::find(way_, spread.name.text) + 1;
        std::string via;
        for (auto name = begin; name != way_.end(); ++name)
            via += fmt::format("{}\"{}\"", via.empty() ? " via " : ", ", *name);
        if (via.size() > 200) via.clear();
        report_.add(
            fmt::format("Cannot spread fragment \"{}\" within itself{}.", spread.name.text, via),
            {spread.location});
    }

    const Facts& facts_;
    Report& report_;
    std::unordered_set<std::string_view> seen_;
    std::vector<std::string_view> way_;
};

}  // namespace

void unique_fragment_names(const Facts& facts, Report& report) {
    std::unordered_map<std::string_view, Location> known;
    for (const auto& fragment : facts.document.fragments) {
        const auto [first, fresh] = known.try_emplace(fragment.name.text, fragment.name.location);
        if (!fresh)
            report.add(
                fmt::format("There can be only one fragment named \"{}\".", fragment.name.text),
                {first->second, fragment.name.location});
    }
}

void known_type_names(const Facts& facts, Report& report) {
    for (const auto& operation : facts.document.operations)
        for (const auto& variable : operation.variables)
            check_type_name(facts, variable.type.name, report);
    for (const auto& fragment : facts.document.fragments)
        check_type_name(facts, fragment.on, report);
    for (const auto& use : facts.fragments)
        if (is_conditioned(use)) check_type_name(facts, use.node->name, report);
}

void fragments_on_composite_types(const Facts& facts, Report& report) {
    const auto check = [&](std::string_view subject, const ast::Name& on) {
        const auto* type = facts.schema.find_type(on.text);
        if (type && !type->is_composite())
            report.add(
                fmt::format("{} cannot condition on non composite type \"{}\".", subject, on.text),
                {on.location});
    };
    for (const auto& fragment : facts.document.fragments)
        check(fmt::format("Fragment \"{}\"", fragment.name.text), fragment.on);
    for (const auto& use : facts.fragments)
        if (is_conditioned(use)) check("Fragment", use.node->name);
}

void no_unused_fragments(const Facts& facts, Report& report) {
    std::unordered_set<std::string_view> used;
    for (const auto& scope : facts.scopes)
        if (scope.operation)
            for (const auto* reached : scope.reached)
                if (reached->fragment) used.insert(reached->fragment->name.text);
    for (const auto& fragment : facts.document.fragments)
        if (!used.contains(fragment.name.text))
            report.add(fmt::format("Fragment \"{}\" is never used.", fragment.name.text),
                       {fragment.location});
}

void known_fragment_names(const Facts& facts, Report& report) {
    for (const auto& scope : facts.scopes)
        for (const auto* spread : scope.spreads)
            if (!facts.document.find_fragment(spread->name.text))
                report.add(fmt::format("Unknown fragment \"{}\".", spread->name.text),
                           {spread->name.location});
}

void no_fragment_cycles(const Facts& facts, Report& report) {
    CycleSearch search(facts, report);
    for (const auto& scope : facts.scopes)
        if (scope.fragment) search.visit(scope);
}

void possible_fragment_spreads(const Facts& facts, Report& report) {
    for (const auto& use : facts.fragments) {
        const bool spread = use.node->kind == ast::Selection::Kind::spread;
        if (!spread && !is_conditioned(use)) continue;
        const auto* fragment = spread ? facts.document.find_fragment(use.node->name.text) : nullptr;
        if (spread && !fragment) continue;
        const auto* on = facts.schema.find_type(spread ? fragment->on.text : use.node->name.text);
        if (!on || !on->is_composite() || !use.parent || overlap(*use.parent, *on)) continue;
        const auto subject =
            spread ? fmt::format("Fragment \"{}\"", use.node->name.text) : "Fragment";
        report.add(fmt::format("{} cannot be spread here as objects of type \"{}\" can never be of "
                               "type \"{}\".",
                               subject,
                               use.parent->name,
                               on->name),
                   {use.node->location});
    }
}

}  // namespace rotacast::graphql
