// 5.4 Arguments of fields and of directives.

#include "graphql/did_you_mean.hpp"
#include "graphql/rules.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rotacast::graphql {

void known_argument_names(const Facts& facts, Report& report) {
    for (const auto& use : facts.arguments) {
        if (!use.known || report.full()) continue;
        for (const auto& argument : *use.nodes)
            if (!std::ranges::count(*use.known, argument.name.text, &InputValue::name))
                report.add(fmt::format("Unknown argument \"{}\" on {}.{}",
                                       argument.name.text,
                                       use.subject,
                                       did_you_mean(argument.name.text, *use.known)),
                           {argument.name.location});
    }
}

void unique_argument_names(const Facts& facts, Report& report) {
    for (const auto& use : facts.arguments) {
        std::unordered_map<std::string_view, Location> known;
        for (const auto& argument : *use.nodes) {
            const auto [first, fresh] =
                known.try_emplace(argument.name.text, argument.name.location);
            if (!fresh)
                report.add(
                    fmt::format("There can be only one argument named \"{}\".", argument.name.text),
                    {first->second, argument.name.location});
        }
    }
}

void provided_required_arguments(const Facts& facts, Report& report) {
    for (const auto& use : facts.arguments) {
        if (!use.known) continue;
        for (const auto& definition : *use.known) {
            const auto given =
                std::ranges::count(*use.nodes, definition.name, [](const auto& argument) {
                    return argument.name.text;
                });
            if (given > 0 || !definition.is_required()) continue;
            const auto subject = use.field
                                     ? fmt::format("Field \"{}\"", use.field->name.text)
                                     : fmt::format("Directive \"@{}\"", use.directive->name.text);
            report.add(fmt::format("{} argument \"{}\" of type \"{}\" is required, but it was not "
                                   "provided.",
                                   subject,
                                   definition.name,
                                   to_string(definition.type)),
                       {use.field ? use.field->location : use.directive->location});
        }
    }
}

}  // namespace rotacast::graphql
