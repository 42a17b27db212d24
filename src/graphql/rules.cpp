#include "graphql/rules.hpp"

namespace rotacast::graphql {

GraphqlErrors validate(const Schema& schema, const ast::Document& document, const Limits& limits) {
    static constexpr Rule rules[] = {
        unique_operation_names,
        lone_anonymous_operation,
        single_field_subscriptions,
        known_type_names,
        fragments_on_composite_types,
        variables_are_input_types,
        scalar_leafs,
        fields_on_correct_type,
        unique_fragment_names,
        known_fragment_names,
        no_unused_fragments,
        possible_fragment_spreads,
        no_fragment_cycles,
        unique_variable_names,
        no_undefined_variables,
        no_unused_variables,
        known_directives,
        unique_directives_per_location,
        known_argument_names,
        unique_argument_names,
        values_of_correct_type,
        provided_required_arguments,
        variables_in_allowed_position,
        unique_input_field_names,
        introspection_is_allowed,
    };
    const auto facts = collect_facts(schema, document, limits);
    Report report(limits.errors_max);
    for (const auto rule : rules)
        if (!report.full()) rule(facts, report);
    // Following fragments requires that all of them exist and that there are no cycles.
    if (report.empty()) introspection_is_shallow(facts, report);
    if (report.empty()) fields_can_merge(facts, report);
    return report.take();
}

}  // namespace rotacast::graphql
