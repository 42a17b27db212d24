#include "contract/contract.hpp"

#include "contract/schema_parts.hpp"
#include "events/event.hpp"
#include "reflect/json_schema.hpp"

namespace rotacast::contract {
namespace {

using boost::mp11::mp_for_each;
using boost::mp11::mp_identity;
using boost::mp11::mp_transform;
using reflect::Naming;
using reflect::Trait;

template <class E>
concept WithoutTimestamp = requires {
    E::without_timestamp;
};

using Sent = boost::mp11::mp_append<events::client::Broadcasts, events::client::Replies>;

template <class List, class F>
void for_each_type(F&& f) {
    mp_for_each<mp_transform<mp_identity, List>>(std::forward<F>(f));
}

/// The encoding that `POST /api/v1/events` accepts. The type is in metadata.event_type or
/// event_type.
template <class E>
json::object published_schema() {
    auto schema = reflect::SchemaOf<E>::get();
    json::object properties{
        {"event_type", constant(E::type)},
        {"aggregate_id",
         {{"type", "string"},
          {"description", "What it happened to; the first identifier if absent."}}},
        {"aggregate_type", constant(E::aggregate)},
        {"metadata", {{"$ref", "#/$defs/Metadata"}}}};
    for (const auto& [key, value] : schema["properties"].as_object()) properties[key] = value;
    schema["properties"] = std::move(properties);
    schema["anyOf"] = json::array{{{"required", {"event_type"}}}, {{"required", {"metadata"}}}};
    return schema;
}

/// The encoding that webhooks deliver.
template <class E>
json::object derived_schema() {
    auto schema = published_schema<E>();
    schema.stable_erase("anyOf");
    schema["properties"].as_object().stable_erase("event_type");
    schema["required"].as_array().emplace_back("metadata");
    return schema;
}

/// The encoding on `/ws`: every member present, in this order.
template <class E>
json::object sent_schema(Naming naming) {
    const auto spelled = [naming](std::string_view name) {
        return naming == Naming::camel ? reflect::to_camel(name) : std::string(name);
    };
    const auto described = reflect::SchemaOf<E>::get();
    const auto& own = described.at("properties").as_object();
    json::object properties{{spelled("event_type"), constant(E::type)}};
    json::array required{json::string(spelled("event_type"))};
    if (!WithoutTimestamp<E>) {
        properties["timestamp"] = reflect::SchemaOf<Timestamp>::get();
        required.emplace_back("timestamp");
    }
    reflect::for_each_member<E>([&](const auto& m) {
        if (has(m.traits, Trait::graphql_only | Trait::addressing)) return;
        properties[spelled(m.name)] = own.at(m.name);
        if (!has(m.traits, Trait::omitted_when_null)) required.emplace_back(spelled(m.name));
    });
    return {{"type", "object"},
            {"description", reflect::description_of<E>.text},
            {"properties", std::move(properties)},
            {"required", std::move(required)}};
}

std::string type_text(const json::object& schema) {
    if (const auto* constant_value = schema.if_contains("const"))
        return "`" + std::string(constant_value->as_string()) + "`";
    const auto* type = schema.if_contains("type");
    if (!type) return "any";
    std::string text(type->is_array() ? type->as_array()[0].as_string() : type->as_string());
    if (const auto* format = schema.if_contains("format")) text = format->as_string();
    if (const auto* items = schema.if_contains("items"))
        text += " of " + type_text(items->as_object());
    return type->is_array() ? text + " or null" : text;
}

template <class E>
void append_table(std::string& out) {
    const auto schema = reflect::SchemaOf<E>::get();
    const auto& properties = schema.at("properties").as_object();
    const auto& required = schema.at("required").as_array();
    out += "\n### " + std::string(E::type) + "\n\n" + std::string(reflect::description_of<E>.text) +
           "\n";
    if (properties.empty()) return;
    out += "\n| field | type | required | meaning |\n|---|---|---|---|\n";
    for (const auto& [key, value] : properties) {
        const auto& member = value.as_object();
        const bool is_required = std::ranges::find(required, json::value(key)) != required.end();
        out += "| `" + std::string(key) + "` | " + type_text(member) + " | " +
               (is_required ? "yes" : "") + " | " +
               std::string(member.at("description").as_string()) + " |\n";
    }
}

}  // namespace

json::object event_schemas() {
    json::object schemas{{"Metadata", reflect::SchemaOf<events::Metadata>::get()}};
    for_each_type<events::DomainEvents>(
        [&]<class E>(mp_identity<E>) { schemas[E::type] = published_schema<E>(); });
    for_each_type<events::Derived>(
        [&]<class E>(mp_identity<E>) { schemas[E::type] = derived_schema<E>(); });
    for_each_type<events::ShownNotices>([&]<class E>(mp_identity<E>) {
        schemas[std::string(E::type) + ".sent"] = sent_schema<E>(Naming::snake);
    });
    for_each_type<Sent>([&]<class E>(mp_identity<E>) {
        schemas[E::type] = sent_schema<E>(Naming::snake);
        schemas[std::string(E::type) + ".camel"] = sent_schema<E>(Naming::camel);
    });
    return schemas;
}

std::string events_schema_json() {
    return pretty({{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                   {"title", "Rotacast events"},
                   {"$defs", event_schemas()}});
}

std::string events_markdown() {
    std::string out =
        "# Events\n\nGenerated by `make contract` from the described types in `src/events/`; do "
        "not "
        "edit.\n\n## Published by back ends\n\nBody of `POST /api/v1/events`: one object or an "
        "array. "
        "The type stands in `event_type` or in `metadata.event_type`; `aggregate_id` and "
        "`metadata` may be left out, and so may every field that is not required. A field may be "
        "spelled in camelCase too.\n";
    for_each_type<events::DomainEvents>([&]<class E>(mp_identity<E>) { append_table<E>(out); });
    out +=
        "\n## Shown to clients\n\nSent over `/ws` with `event_type` and `timestamp` in front (the "
        "solver's without `timestamp`) and every field present. The same, without those two, is "
        "the body of `POST /api/v1/broadcast/{event_type}`.\n";
    for_each_type<events::client::Broadcasts>(
        [&]<class E>(mp_identity<E>) { append_table<E>(out); });
    out +=
        "\n## Derived by the server\n\nPublished by its handlers (docs/handlers.md), never by back "
        "ends. Webhooks carry them; clients of rotacast.v1 that ask for notifications are sent "
        "theirs, without `recipients`.\n";
    for_each_type<events::Derived>([&]<class E>(mp_identity<E>) { append_table<E>(out); });
    out += "\n## Answers to one connection\n";
    for_each_type<events::client::Replies>([&]<class E>(mp_identity<E>) { append_table<E>(out); });
    return out;
}

}  // namespace rotacast::contract
