#include "contract/contract.hpp"

#include "contract/components.hpp"
#include "contract/examples.hpp"
#include "contract/names.hpp"
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

/// The values of examples are known by the members' names in snake_case.
json::object in_camel_case(const json::object& object) {
    json::object out;
    for (const auto& [key, value] : object) out[reflect::to_camel(key)] = value;
    return out;
}

void add_examples(json::object& schemas) {
    for (auto& [name, schema] : schemas)
        if (name != "Metadata")
            schema.as_object()["examples"] =
                json::array{example_of(schema.as_object(), schemas, name)};
    for_each_type<events::Derived>([&]<class E>(mp_identity<E>) {
        auto& example = schemas.at(event_name(E::type)).at("examples").at(0);
        example.at("metadata").as_object()["event_type"] = E::type;
    });
    for_each_type<Sent>([&]<class E>(mp_identity<E>) {
        const auto& snake = schemas.at(client_message_name(E::type)).at("examples").at(0);
        schemas.at(client_message_name(E::type, Naming::camel)).as_object()["examples"] =
            json::array{in_camel_case(snake.as_object())};
    });
}

/// What only `POST /api/v1/events` reads.
json::object expected_version() {
    return {{"type", {"string", "null"}},
            {"description",
             "The cursor of the last event of this aggregate that the publisher knows, null for "
             "none yet: if there is another, nothing of the request is stored. Of several events "
             "of one aggregate in one request, the first names it."}};
}

/// An event with its envelope.
template <class E>
json::object enveloped_schema() {
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
    return schema;
}

/// The encoding that `POST /api/v1/events` accepts. The type is in metadata.event_type or
/// event_type; that one of them is required cannot be said without making it a union, and
/// openapi-typescript takes an event of such a union for `unknown`.
template <class E>
json::object published_schema() {
    auto schema = enveloped_schema<E>();
    schema["properties"].as_object()["expected_version"] = expected_version();
    return schema;
}

/// The encoding that webhooks deliver.
template <class E>
json::object derived_schema() {
    auto schema = enveloped_schema<E>();
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

json::object definition(std::string_view name) {
    return {{"$ref", "#/$defs/" + std::string(name)}};
}

json::object derived_union() {
    json::array all;
    for_each_type<events::Derived>(
        [&]<class E>(mp_identity<E>) { all.push_back(definition(event_name(E::type))); });
    return {{"description", "An event that the server's handlers derived, as webhooks deliver it."},
            {"oneOf", std::move(all)}};
}

/// Each message has its value of the discriminator as a constant. A mapping would say the same, and
/// Ajv refuses schemas with one.
json::object message_union(Naming naming) {
    json::array all;
    for_each_type<Sent>([&]<class E>(mp_identity<E>) {
        all.push_back(definition(client_message_name(E::type, naming)));
    });
    const bool camel = naming == Naming::camel;
    return {{"description",
             camel ? "A message to a classic connection with `?case=camel`."
                   : "A message to a classic connection."},
            {"oneOf", std::move(all)},
            {"discriminator", {{"propertyName", camel ? "eventType" : "event_type"}}}};
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
        [&]<class E>(mp_identity<E>) { schemas[event_name(E::type)] = published_schema<E>(); });
    for_each_type<events::Derived>(
        [&]<class E>(mp_identity<E>) { schemas[event_name(E::type)] = derived_schema<E>(); });
    for_each_type<events::ShownNotices>([&]<class E>(mp_identity<E>) {
        schemas[client_message_name(E::type)] = sent_schema<E>(Naming::snake);
    });
    for_each_type<Sent>([&]<class E>(mp_identity<E>) {
        for (const auto naming : {Naming::snake, Naming::camel})
            schemas[client_message_name(E::type, naming)] = sent_schema<E>(naming);
    });
    add_examples(schemas);
    return schemas;
}

json::object broadcast_schemas() {
    json::object schemas;
    for_each_type<events::client::Broadcasts>([&]<class E>(mp_identity<E>) {
        auto schema = reflect::SchemaOf<E>::get();
        auto& properties = schema["properties"].as_object();
        properties["event_type"] = constant(E::type);
        properties["timestamp"] = reflect::SchemaOf<Timestamp>::get();
        schemas[broadcast_name(E::type)] = std::move(schema);
    });
    return schemas;
}

// With the type in the metadata, an event may match the schemas of others too: so anyOf.
json::object published_union() {
    json::array all;
    for_each_type<events::DomainEvents>(
        [&]<class E>(mp_identity<E>) { all.push_back(definition(event_name(E::type))); });
    return {{"description", "An event as a back end publishes it."}, {"anyOf", std::move(all)}};
}

std::string events_schema_json() {
    auto definitions = event_schemas();
    // Only rotacast.v1 sends notices, with more members.
    for_each_type<events::ShownNotices>(
        [&]<class E>(mp_identity<E>) { definitions.stable_erase(client_message_name(E::type)); });
    definitions["PublishedEvent"] = published_union();
    definitions["DerivedEvent"] = derived_union();
    definitions["ClientMessage"] = message_union(Naming::snake);
    definitions["ClientMessageCamel"] = message_union(Naming::camel);
    json::value document{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                         {"title", "RotacastEvent"},
                         {"description", "Any event, in any of its encodings."},
                         {"oneOf",
                          {definition("PublishedEvent"),
                           definition("DerivedEvent"),
                           definition("ClientMessage"),
                           definition("ClientMessageCamel")}},
                         {"$defs", std::move(definitions)}};
    mark_free_form(document);
    return pretty(document);
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
