// 5.7 Directives.

#include "graphql/rules.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rotacast::graphql {

void known_directives(const Facts& facts, Report& report) {
    for (const auto& [node, known, location] : facts.directives) {
        if (!known)
            report.add(fmt::format("Unknown directive \"@{}\".", node->name.text),
                       {node->location});
        else if (std::ranges::find(known->locations, location) == known->locations.end())
            report.add(
                fmt::format("Directive \"@{}\" may not be used on {}.", node->name.text, location),
                {node->location});
    }
}

// No directive of our schema is repeatable.
void unique_directives_per_location(const Facts& facts, Report& report) {
    for (const auto* list : facts.directive_lists) {
        std::unordered_map<std::string_view, Location> seen;
        for (const auto& directive : *list) {
            if (!facts.schema.find_directive(directive.name.text)) continue;
            const auto [first, fresh] = seen.try_emplace(directive.name.text, directive.location);
            if (!fresh)
                report.add(fmt::format("The directive \"@{}\" can only be used once at this "
                                       "location.",
                                       directive.name.text),
                           {first->second, directive.location});
        }
    }
}

}  // namespace rotacast::graphql
