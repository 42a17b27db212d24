#include "graphql/collect.hpp"

#include <unordered_map>
#include <unordered_set>

namespace rotacast::graphql {

struct Collector::Collection {
    const Type& object;
    std::vector<FieldGroup> groups = {};
    std::unordered_map<std::string_view, std::size_t> by_key = {};
    std::unordered_set<std::string_view> fragments_seen = {};
};

SelectionSets sets_beneath(const FieldGroup& group) {
    SelectionSets sets;
    for (const auto* field : group.fields)
        if (!field->selections.empty()) sets.push_back(&field->selections);
    return sets;
}

std::vector<FieldGroup> Collector::collect(const Type& object, const SelectionSets& sets) {
    Collection into{object};
    for (const auto* set : sets) collect_set(*set, into);
    return std::move(into.groups);
}

void Collector::collect_set(const std::vector<ast::Selection>& set, Collection& into) {
    for (const auto& selection : set) {
        if (!good()) return;
        --visits_;
        if (!is_included(selection)) continue;
        if (selection.kind == ast::Selection::Kind::field) {
            const auto key = selection.response_key();
            const auto [place, fresh] = into.by_key.try_emplace(key, into.groups.size());
            if (fresh) into.groups.push_back({key, {}});
            into.groups[place->second].fields.push_back(&selection);
        } else if (selection.kind == ast::Selection::Kind::inline_fragment) {
            collect_fragment(selection.name.text, selection.selections, into);
        } else if (into.fragments_seen.insert(selection.name.text).second) {
            if (const auto* fragment = document_.find_fragment(selection.name.text))
                collect_fragment(fragment->on.text, fragment->selections, into);
        }
    }
}

void Collector::collect_fragment(std::string_view type_name,
                                 const std::vector<ast::Selection>& set,
                                 Collection& into) {
    const auto* condition = type_name.empty() ? &into.object : schema_.find_type(type_name);
    if (condition && condition->may_be(into.object)) collect_set(set, into);
}

bool Collector::is_included(const ast::Selection& selection) const {
    const auto argument = [&](const ast::Directive& directive) {
        // validated: there is exactly one, `if`
        const auto& value = directive.arguments.front().value;
        if (value.kind != ast::Value::Kind::variable) return value.text == "true";
        const auto* given = variables_.if_contains(value.text);
        return given && given->is_bool() && given->get_bool();
    };
    for (const auto& directive : selection.directives) {
        if (directive.name.text == "skip" && argument(directive)) return false;
        if (directive.name.text == "include" && !argument(directive)) return false;
    }
    return true;
}

}  // namespace rotacast::graphql
