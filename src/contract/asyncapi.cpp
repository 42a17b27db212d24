#include "base/version.hpp"
#include "config/config.hpp"
#include "contract/asyncapi_v1.hpp"
#include "contract/components.hpp"
#include "contract/contract.hpp"
#include "contract/examples.hpp"
#include "contract/names.hpp"
#include "contract/schema_parts.hpp"
#include "events/catalogue.hpp"

namespace rotacast::contract {
namespace {

using reflect::Naming;

constexpr std::string_view socket_paths =
    "Also at /api/ws and /api/v1/ws. Without a subprotocol: the classic protocol, with one JSON "
    "object per text frame. Commands are not answered, and invalid ones are ignored.";
constexpr std::string_view v1_paths =
    "The same addresses with the subprotocol rotacast.v1: every command is answered, every event "
    "has "
    "a cursor. docs/protocol.md says what each message means.";

json::object reference(const std::string& path) {
    return {{"$ref", "#" + path}};
}

struct CommandText {
    std::string_view action;
    std::string_view id;  ///< empty: none
    std::string_view text;
};

constexpr CommandText commands_of_clients[] = {
    {"subscribe_schedule", "schedule_id", "Watch a schedule, with all connections of this user."},
    {"unsubscribe_schedule", "schedule_id", "No longer watch it."},
    {"subscribe_person", "person_id", "Watch a person, with all connections of this user."},
    {"unsubscribe_person", "person_id", "No longer watch that person."},
    {"ping", "", "Ask for a pong."},
};

json::object command_schema(const CommandText& command) {
    json::object properties{{"action", constant(command.action)}};
    json::array required{command.action};
    if (!command.id.empty()) {
        properties[command.id] = {{"type", "string"},
                                  {"format", "uuid"},
                                  {"description",
                                   "Or in camelCase; upper case, braces, urn:uuid: "
                                   "and no hyphens are understood too."}};
        required.emplace_back(command.id);
    }
    return {{"type", "object"},
            {"description", command.text},
            {"properties", std::move(properties)},
            {"required", std::move(required)}};
}

/// Collects the messages of each channel with their operations.
struct Document {
    json::object messages;
    json::object schemas;
    json::object channel_messages;  // by channel
    json::array sent;
    json::array commanded;
    json::array v1_sent;
    json::array v1_commanded;
    json::array published;

    /// `name`: of the schema and of the message.
    void add(const std::string& name, std::string_view channel, json::array& operation) {
        const auto& schema = schemas.at(name).as_object();
        messages[name] = {{"name", name},
                          {"summary", schema.at("description")},
                          {"contentType", "application/json"},
                          {"payload", schema_reference(name)},
                          {"examples", json::array{{{"payload", schema.at("examples").at(0)}}}}};
        auto& listed = channel_messages[channel];
        if (!listed.is_object()) listed = json::object{};
        listed.as_object()[name] = reference("/components/messages/" + name);
        operation.push_back(reference("/channels/" + std::string(channel) + "/messages/" + name));
    }

    void add_schema(const std::string& name, json::object schema) {
        schema["examples"] = json::array{example_of(schema, schemas, name)};
        schemas[name] = std::move(schema);
    }

    void add_v1(std::vector<NamedSchema> list, json::array& operation) {
        for (auto& [name, schema] : list) {
            add_schema(name, std::move(schema));
            add(name, "wsV1", operation);
        }
    }

    /// In both spellings of its keys.
    void add_sent(std::string_view type) {
        for (const auto naming : {Naming::snake, Naming::camel})
            add(client_message_name(type, naming), "ws", sent);
    }
};

Document collect() {
    Document document;
    json::value schemas = event_schemas();
    point_to_components(schemas);
    document.schemas = std::move(schemas.as_object());
    for (const auto& command : commands_of_clients) {
        const auto name = classic_command_name(command.action);
        document.add_schema(name, command_schema(command));
        document.add(name, "ws", document.commanded);
    }
    for (const auto& info : events::all_types()) {
        if (info.kind == events::Kind::domain)
            document.add(event_name(info.type), "intake", document.published);
        else if (info.kind == events::Kind::broadcast)
            document.add_sent(info.type);
        else  // neither accepted by intake nor sent to classic clients
            document.schemas.stable_erase(event_name(info.type));
    }
    for (const auto* reply : {"connection_ack", "pong"}) document.add_sent(reply);
    document.add_v1(v1_commands(), document.v1_commanded);
    document.add_v1(v1_messages(), document.v1_sent);
    document.schemas = with_named_parts(std::move(document.schemas));
    return document;
}

json::object socket_bindings() {
    return {{"ws",
             {{"method", "GET"},
              {"query",
               {{"type", "object"},
                {"properties",
                 {{"token",
                   {{"type", "string"},
                    {"description", "Access token, where no Authorization header can be sent."}}},
                  {"case",
                   {{"type", "string"},
                    {"enum", {"snake", "camel"}},
                    {"default", "snake"},
                    {"description", "Naming style of the events' keys."}}}}}}}}}};
}

json::object v1_bindings() {
    json::object subprotocol{
        {"type", "string"},
        {"pattern", "rotacast\\.v1"},
        {"description", "May also offer bearer.<access token>, which is never selected."}};
    return {{"ws",
             {{"method", "GET"},
              {"headers",
               {{"type", "object"},
                {"properties", {{"Sec-WebSocket-Protocol", std::move(subprotocol)}}},
                {"required", {"Sec-WebSocket-Protocol"}}}}}}};
}

struct OperationText {
    std::string_view action;
    std::string_view channel;
    std::string_view tag;
    std::string_view text;
};

json::object operation(const OperationText& words, json::array messages) {
    return {{"action", words.action},
            {"channel", reference("/channels/" + std::string(words.channel))},
            {"summary", words.text},
            {"tags", json::array{{{"name", words.tag}}}},
            {"messages", std::move(messages)}};
}

json::object operations(Document& document) {
    auto receive_event =
        operation({"receive", "intake", "intake", "Events that a back end publishes."},
                  std::move(document.published));
    receive_event["bindings"] = {{"http", {{"method", "POST"}}}};
    return {
        {"receiveCommand",
         operation({"receive", "ws", "classic", "Commands of a client."},
                   std::move(document.commanded))},
        {"sendEvent",
         operation({"send", "ws", "classic", "Messages to a client."}, std::move(document.sent))},
        {"receiveV1Command",
         operation({"receive", "wsV1", "rotacast.v1", "Commands of a rotacast.v1 client."},
                   std::move(document.v1_commanded))},
        {"sendV1Message",
         operation({"send", "wsV1", "rotacast.v1", "Answers, notices and events of rotacast.v1."},
                   std::move(document.v1_sent))},
        {"receiveEvent", std::move(receive_event)}};
}

/// The host is a variable: the document is the same for every server.
json::object server(std::string_view protocol, std::string_view words, json::array security) {
    return {{"host", "{host}"},
            {"protocol", protocol},
            {"description", words},
            {"variables",
             {{"host",
               {{"default", config::Config{}.listen}, {"description", "Where the server is."}}}}},
            {"security", std::move(security)}};
}

json::object servers() {
    const json::array client{reference("/components/securitySchemes/bearer"),
                             reference("/components/securitySchemes/token"),
                             reference("/components/securitySchemes/cookie")};
    const json::array publisher{reference("/components/securitySchemes/apiKey"),
                                reference("/components/securitySchemes/bearer")};
    return {
        {"ws", server("ws", "WebSocket; wss if the server or its proxy has TLS.", client)},
        {"http", server("http", "Intake; https if the server or its proxy has TLS.", publisher)}};
}

json::object security_schemes() {
    return {{"bearer", {{"type", "http"}, {"scheme", "bearer"}, {"bearerFormat", "JWT"}}},
            {"token", {{"type", "httpApiKey"}, {"in", "query"}, {"name", "token"}}},
            {"cookie", {{"type", "httpApiKey"}, {"in", "cookie"}, {"name", "access_token"}}},
            {"apiKey", {{"type", "httpApiKey"}, {"in", "header"}, {"name", "X-API-Key"}}}};
}

json::object channels(Document& document) {
    const json::array socket{reference("/servers/ws")};
    return {{"ws",
             {{"address", "/ws"},
              {"title", "Classic protocol"},
              {"description", socket_paths},
              {"servers", socket},
              {"messages", std::move(document.channel_messages["ws"])},
              {"bindings", socket_bindings()}}},
            {"wsV1",
             {{"address", "/ws"},
              {"title", "rotacast.v1"},
              {"description", v1_paths},
              {"servers", socket},
              {"messages", std::move(document.channel_messages["wsV1"])},
              {"bindings", v1_bindings()}}},
            {"intake",
             {{"address", "/api/v1/events"},
              {"title", "Intake"},
              {"description", "One event or an array by HTTP POST; see openapi.json."},
              {"servers", json::array{reference("/servers/http")}},
              {"messages", std::move(document.channel_messages["intake"])}}}};
}

}  // namespace

std::string asyncapi_json() {
    auto document = collect();
    return pretty(
        {{"asyncapi", "3.0.0"},
         {"info",
          {{"title", "Rotacast"},
           {"version", version},
           {"description", "A real-time server for residency schedules."},
           {"license", {{"name", "MIT"}}},
           {"tags",
            {{{"name", "classic"}, {"description", "The original's protocol."}},
             {{"name", "rotacast.v1"}, {"description", "Answers, cursors and resumption."}},
             {{"name", "intake"}, {"description", "Publishing by back ends."}}}}}},
         {"defaultContentType", "application/json"},
         {"servers", servers()},
         {"channels", channels(document)},
         {"operations", operations(document)},
         {"components",
          {{"messages", std::move(document.messages)},
           {"schemas", std::move(document.schemas)},
           {"securitySchemes", security_schemes()}}}});
}

}  // namespace rotacast::contract
