#pragma once

// The validation rules for executable documents (September 2025, section 5), one function each,
// with the messages of graphql-js. All of them run, and none depends on another, except
// fields_can_merge, which requires that the others found no error.

#include "graphql/facts.hpp"

namespace rotacast::graphql {

/// Collects errors up to a limit.
class Report {
  public:
    explicit Report(std::size_t errors_max) : errors_max_(errors_max) {}

    void add(std::string message, std::vector<Location> locations) {
        if (!full())
            errors_.push_back(
                {.message = shortened(std::move(message)), .locations = std::move(locations)});
    }
    void add(GraphqlError error) {
        if (!full()) errors_.push_back(std::move(error));
    }
    bool full() const { return errors_.size() >= errors_max_; }
    bool empty() const { return errors_.empty(); }
    GraphqlErrors take() { return std::move(errors_); }

  private:
    std::size_t errors_max_;
    GraphqlErrors errors_;
};

using Rule = void (*)(const Facts&, Report&);

// 5.2 Operations.
void unique_operation_names(const Facts&, Report&);      // 5.2.2.1
void lone_anonymous_operation(const Facts&, Report&);    // 5.2.3.1
void single_field_subscriptions(const Facts&, Report&);  // 5.2.4.1
// 5.3 Fields.
void fields_on_correct_type(const Facts&, Report&);  // 5.3.1
void fields_can_merge(const Facts&, Report&);        // 5.3.2
void scalar_leafs(const Facts&, Report&);            // 5.3.3
// 5.4 Arguments.
void known_argument_names(const Facts&, Report&);         // 5.4.1
void unique_argument_names(const Facts&, Report&);        // 5.4.2
void provided_required_arguments(const Facts&, Report&);  // 5.4.3
// 5.5 Fragments.
void unique_fragment_names(const Facts&, Report&);         // 5.5.1.1
void known_type_names(const Facts&, Report&);              // 5.5.1.2
void fragments_on_composite_types(const Facts&, Report&);  // 5.5.1.3
void no_unused_fragments(const Facts&, Report&);           // 5.5.1.4
void known_fragment_names(const Facts&, Report&);          // 5.5.2.1
void no_fragment_cycles(const Facts&, Report&);            // 5.5.2.2
void possible_fragment_spreads(const Facts&, Report&);     // 5.5.2.3
// 5.6 Values.
void values_of_correct_type(const Facts&, Report&);    // 5.6.1, 5.6.2, 5.6.4
void unique_input_field_names(const Facts&, Report&);  // 5.6.3
// 5.7 Directives.
void known_directives(const Facts&, Report&);                // 5.7.1, 5.7.2
void unique_directives_per_location(const Facts&, Report&);  // 5.7.3
// 5.8 Variables.
void unique_variable_names(const Facts&, Report&);          // 5.8.1
void variables_are_input_types(const Facts&, Report&);      // 5.8.2
void no_undefined_variables(const Facts&, Report&);         // 5.8.3
void no_unused_variables(const Facts&, Report&);            // 5.8.4
void variables_in_allowed_position(const Facts&, Report&);  // 5.8.5
// From graphql-js and from the configuration.
void introspection_is_allowed(const Facts&, Report&);
void introspection_is_shallow(const Facts&, Report&);

/// Returns the errors of the document, up to the limit; empty if it is valid.
GraphqlErrors validate(const Schema& schema, const ast::Document& document, const Limits& limits);

}  // namespace rotacast::graphql
