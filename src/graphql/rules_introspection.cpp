// From graphql-js: introspection may be disabled, and it must not go from types to fields to types
// repeatedly, because each round multiplies the response by the size of the schema.

#include "graphql/rules.hpp"

#include <fmt/format.h>

#include <set>

namespace rotacast::graphql {
namespace {

constexpr int lists_max = 3;

bool is_list_of_types(std::string_view field) {
    return field == "fields" || field == "interfaces" || field == "possibleTypes" ||
           field == "inputFields";
}

/// Visits each fragment once for each depth at which it is spread.
class DepthSearch {
  public:
    explicit DepthSearch(const ast::Document& document) : document_(document) {}

    bool too_deep(const ast::Selection& node, int lists) {
        if (node.kind == ast::Selection::Kind::spread) {
            if (!seen_.emplace(node.name.text, lists).second) return false;
            const auto* fragment = document_.find_fragment(node.name.text);
            return fragment && any_too_deep(fragment->selections, lists);
        }
        if (node.kind == ast::Selection::Kind::field && is_list_of_types(node.name.text)) ++lists;
        return lists >= lists_max || any_too_deep(node.selections, lists);
    }

  private:
    bool any_too_deep(const std::vector<ast::Selection>& set, int lists) {
        for (const auto& selection : set)
            if (too_deep(selection, lists)) return true;
        return false;
    }

    const ast::Document& document_;
    std::set<std::pair<std::string_view, int>> seen_;
};

bool is_root_of_introspection(const FieldUse& use) {
    return use.field && (use.field->name == "__schema" || use.field->name == "__type");
}

}  // namespace

void introspection_is_allowed(const Facts& facts, Report& report) {
    if (facts.limits.introspection) return;
    for (const auto& use : facts.fields)
        if (is_root_of_introspection(use))
            report.add(fmt::format("GraphQL introspection has been disabled, but the requested "
                                   "query contained the field \"{}\".",
                                   use.field->name),
                       {use.node->location});
}

void introspection_is_shallow(const Facts& facts, Report& report) {
    for (const auto& use : facts.fields)
        if (is_root_of_introspection(use) && DepthSearch(facts.document).too_deep(*use.node, 0))
            report.add("Maximum introspection depth exceeded", {use.node->location});
}

}  // namespace rotacast::graphql
