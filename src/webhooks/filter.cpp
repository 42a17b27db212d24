#include "webhooks/filter.hpp"

#include "base/sort_unique.hpp"

#include <boost/mp11/algorithm.hpp>

#include <algorithm>

namespace rotacast::webhooks {
namespace {

Error bad_filter(std::string message, std::string path) {
    return {ErrorCode::invalid_field, std::move(message), std::move(path)};
}

/// RFC 6901 §3.
std::string pointer_to(std::string_view field) {
    std::string out = "/filter/";
    for (const char c : field) {
        if (c == '~')
            out += "~0";
        else if (c == '/')
            out += "~1";
        else
            out += c;
    }
    return out;
}

bool is_plain(const json::value& value) {
    return !value.is_object() && !value.is_array();
}

/// Compares numbers by value: 1 equals 1.0.
bool is_same(const json::value& one, const json::value& other) {
    if (one.is_number() && other.is_number() && (one.is_double() || other.is_double()))
        return one.to_number<double>() == other.to_number<double>();
    return one == other;
}

bool is_one_of(const json::value& value, const std::vector<json::value>& wanted) {
    return std::ranges::any_of(wanted, [&](const auto& one) { return is_same(value, one); });
}

/// Whether events of type E have the field, in addition to those of every envelope.
template <class E>
bool has_field(std::string_view field) {
    bool found = false;
    reflect::for_each_member<E>([&](const auto& member) { found |= member.name == field; });
    return found;
}

}  // namespace

Result<Filter> Filter::make(const Types& types, const json::object& fields) {
    Filter filter;
    if (auto taken = filter.take_types(types); !taken) return taken.error();
    if (fields.size() > fields_max)
        return bad_filter("At most " + std::to_string(fields_max) + " fields.", "/filter");
    for (const auto& [field, values] : fields)
        if (auto taken = filter.take_rule(field, values); !taken) return taken.error();
    return filter;
}

Result<void> Filter::take_types(const Types& types) {
    if (!types) return {};
    if (types->empty())
        return bad_filter("Name a type, or leave `types` out for every type.", "/types");
    for (std::size_t i = 0; i < types->size(); ++i) {
        const auto& type = (*types)[i];
        if (events::find_type(type)) continue;
        return Error{ErrorCode::unknown_event_type,
                     "There is no such event type.",
                     "/types/" + std::to_string(i)};
    }
    types_ = types;
    sort_unique(*types_);
    return {};
}

Result<void> Filter::take_rule(std::string_view field, const json::value& values) {
    const auto path = pointer_to(field);
    if (!some_type_has(field))
        return bad_filter("No event of the wanted types has this field.", path);
    Rule rule{std::string(field), {}};
    if (const auto* list = values.if_array())
        rule.values.assign(list->begin(), list->end());
    else
        rule.values.push_back(values);
    if (rule.values.empty() || rule.values.size() > values_max)
        return bad_filter("One to " + std::to_string(values_max) + " values.", path);
    if (!std::ranges::all_of(rule.values, is_plain))
        return bad_filter("A text, a number, true, false or null, or a list of these.", path);
    rules_.push_back(std::move(rule));
    return {};
}

bool Filter::some_type_has(std::string_view field) const {
    if (field == "aggregate_type" || field == "aggregate_id") return true;
    bool found = false;
    using boost::mp11::mp_for_each;
    using boost::mp11::mp_identity;
    using boost::mp11::mp_transform;
    mp_for_each<mp_transform<mp_identity, events::AllEvents>>([&]<class E>(mp_identity<E>) {
        found = found || (wants_type(E::type) && has_field<E>(field));
    });
    return found;
}

bool Filter::wants_type(std::string_view type) const {
    return !types_ || std::ranges::binary_search(*types_, type);
}

bool Filter::matches(const events::Envelope& envelope) const {
    if (!wants_type(envelope.metadata.event_type)) return false;
    if (rules_.empty()) return true;
    const auto document = reflect::parse_json(events::to_json(envelope));
    const auto* members = document ? document->if_object() : nullptr;
    return members && std::ranges::all_of(rules_, [&](const Rule& rule) {
               const auto* value = members->if_contains(rule.field);
               if (!value) return false;
               const auto* list = value->if_array();
               if (!list) return is_one_of(*value, rule.values);
               return std::ranges::any_of(
                   *list, [&](const auto& element) { return is_one_of(element, rule.values); });
           });
}

}  // namespace rotacast::webhooks
