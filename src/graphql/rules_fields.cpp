// 5.3.1 and 5.3.3: fields exist and have the right kind of selection. 5.3.2 has its own file.

#include "graphql/did_you_mean.hpp"
#include "graphql/rules.hpp"

#include <fmt/format.h>

namespace rotacast::graphql {

void fields_on_correct_type(const Facts& facts, Report& report) {
    for (const auto& [node, parent, field] : facts.fields) {
        if (report.full()) return;
        if (parent && !field)
            report.add(fmt::format("Cannot query field \"{}\" on type \"{}\".{}",
                                   node->name.text,
                                   parent->name,
                                   did_you_mean(node->name.text, parent->fields)),
                       {node->location});
    }
}

void scalar_leafs(const Facts& facts, Report& report) {
    for (const auto& [node, parent, field] : facts.fields) {
        if (!field) continue;
        const auto type = to_string(field->type);
        const bool leaf = field->type.named().is_leaf();
        if (leaf && !node->selections.empty())
            report.add(fmt::format("Field \"{}\" must not have a selection since type \"{}\" has "
                                   "no subfields.",
                                   node->name.text,
                                   type),
                       {node->selections.front().location});
        if (!leaf && node->selections.empty())
            report.add(fmt::format("Field \"{0}\" of type \"{1}\" must have a selection of "
                                   "subfields. Did you mean \"{0} {{ ... }}\"?",
                                   node->name.text,
                                   type),
                       {node->location});
    }
}

}  // namespace rotacast::graphql
