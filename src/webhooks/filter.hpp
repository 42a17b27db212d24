#pragma once

// Selects the events of a webhook: by type, and by values of the event's own fields.

#include "events/event.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::webhooks {

namespace json = boost::json;

using Types = std::optional<std::vector<std::string>>;

/// Immutable. matches() is thread-safe.
class Filter {
  public:
    static constexpr std::size_t fields_max = 20;
    static constexpr std::size_t values_max = 100;  ///< per field

    /// `types`: nullopt for every type. `fields`: maps the name of a field to the value or list of
    /// values that it may have, e.g. `{"role": ["rn", "lpn"], "aggregate_type": "Person"}`. All
    /// fields must match. Error paths begin with `/types` or `/filter`. Errors: an unknown type
    /// (`unknown_event_type`); an empty list, a field that no selected type has, a value that is
    /// not text, number, true, false or null, too many fields or values (`invalid_field`).
    static Result<Filter> make(const Types& types, const json::object& fields);

    /// A field that holds a list matches if one of its elements does. An event without the field
    /// does not match.
    bool matches(const events::Envelope& envelope) const;

  private:
    struct Rule {
        std::string field;
        std::vector<json::value> values;
    };

    bool wants_type(std::string_view type) const;
    Result<void> take_types(const Types& types);
    Result<void> take_rule(std::string_view field, const json::value& values);
    bool some_type_has(std::string_view field) const;

    std::optional<std::vector<std::string>> types_;  ///< sorted
    std::vector<Rule> rules_;
};

}  // namespace rotacast::webhooks
