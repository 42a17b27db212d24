#include "contract/asyncapi_v1.hpp"

#include "contract/components.hpp"
#include "contract/names.hpp"
#include "contract/schema_parts.hpp"
#include "events/catalogue.hpp"

#include <string_view>
#include <utility>

namespace rotacast::contract {
namespace {

using Names = std::vector<std::string_view>;

json::object described(json::object schema, std::string_view words) {
    schema["description"] = words;
    return schema;
}

json::object cursor(std::string_view words) {
    return {{"type", "string"}, {"minLength", 1}, {"maxLength", 64}, {"description", words}};
}

json::object command_id() {
    return {{"type", {"string", "integer"}},
            {"description", "Returned unchanged in the answer. Text: 1 to 64 bytes."}};
}

NamedSchema command(std::string_view action,
                    std::string_view words,
                    json::object fields = {},
                    const Names& required = {}) {
    json::object properties{{"action", constant(action)}, {"id", command_id()}};
    for (auto& field : fields) properties[field.key()] = std::move(field.value());
    json::array names{"action"};
    for (const auto name : required) names.emplace_back(name);
    return {v1_command_name(action),
            described(object_of(std::move(properties), std::move(names)), words)};
}

/// `optional`: members that may be missing; all others are required.
NamedSchema message(std::string_view event_type,
                    std::string_view words,
                    json::object fields,
                    const Names& optional = {}) {
    json::object properties{{"event_type", constant(event_type)}, {"timestamp", moment()}};
    json::array required{"event_type", "timestamp"};
    for (auto& field : fields) {
        bool always = true;
        for (const auto name : optional) always = always && name != field.key();
        if (always) required.emplace_back(field.key());
        properties[field.key()] = std::move(field.value());
    }
    return {v1_message_name(event_type),
            described(object_of(std::move(properties), std::move(required)), words)};
}

json::object topics() {
    return {{"schedules", list_of(identifier())}, {"persons", list_of(identifier())}};
}

json::object with(json::object fields, std::string_view key, json::object schema) {
    fields[key] = std::move(schema);
    return fields;
}

json::object presence_members() {
    return {{"user_id", identifier()},
            {"status", named("V1PresenceStatus", one_of({"online", "away", "offline"}))},
            {"last_seen", moment()},
            {"active_page", or_null(text("That of the tab that last sent `presence`."))}};
}

json::object roster() {
    json::array required;
    for (const auto& member : presence_members()) required.emplace_back(member.key());
    return described(
        list_of(named("V1RosterEntry", object_of(presence_members(), std::move(required)))),
        "Answer to `watch_presence`.");
}

NamedSchema connection_ack() {
    return message("connection_ack",
                   "The authenticated user and the connection's bounds. No events are sent yet.",
                   {{"user_id", identifier()},
                    {"message", text("For people.")},
                    {"connection_id", identifier()},
                    {"token_expires_at", moment()},
                    {"ping_interval_ms", integer()},
                    {"message_bytes_max", integer()},
                    {"subscriptions_max", integer()}});
}

NamedSchema ack() {
    json::object latest{{"type", "array"},
                        {"description", "Answer to `subscribe` with `latest`: complete events."},
                        {"items", {{"type", "object"}}}};
    return message("ack",
                   "The command is in effect.",
                   {{"id", command_id()},
                    {"cursor", cursor("Every event on the new topics after it will be sent.")},
                    {"token_expires_at", moment()},
                    {"latest", std::move(latest)},
                    {"latest_from", cursor("Subjects without an event after it are not included.")},
                    {"roster", roster()}},
                   {"id", "cursor", "token_expires_at", "latest", "latest_from", "roster"});
}

/// The classic event, followed by these two members.
NamedSchema event(std::string_view type, std::string_view words) {
    json::object own{
        {"type", "object"},
        {"properties", {{"event_id", identifier()}, {"cursor", cursor("The event's position.")}}},
        {"required", {"event_id", "cursor"}}};
    return {v1_message_name(type),
            {{"description", words},
             {"allOf", json::array{schema_reference(client_message_name(type)), std::move(own)}}}};
}

}  // namespace

std::vector<NamedSchema> v1_commands() {
    const auto latest =
        described({{"type", "boolean"}},
                  "Only in the first subscribe: also return the last event of each subject.");
    return {
        command(
            "subscribe", "Watch these, with this connection.", with(topics(), "latest", latest)),
        command("unsubscribe", "No longer watch these.", topics()),
        command("subscribe_schedule",
                "Watch one schedule.",
                {{"schedule_id", identifier()}},
                {"schedule_id"}),
        command("unsubscribe_schedule",
                "No longer watch it.",
                {{"schedule_id", identifier()}},
                {"schedule_id"}),
        command(
            "subscribe_person", "Watch one person.", {{"person_id", identifier()}}, {"person_id"}),
        command("unsubscribe_person",
                "No longer watch that person.",
                {{"person_id", identifier()}},
                {"person_id"}),
        command("resume",
                "Send what was missed after the cursor, then live events.",
                with(topics(), "cursor", cursor("That of the last processed message.")),
                {"cursor"}),
        command("authenticate",
                "Authenticate a connection that was opened without a token.",
                {{"token", text("Access token.")}},
                {"token"}),
        command("refresh_token",
                "Replace the token by a new one of the same user.",
                {{"token", text("Access token.")}},
                {"token"}),
        command("presence",
                "Set the user's presence.",
                {{"status", named("V1OwnPresenceStatus", one_of({"online", "away"}))},
                 {"page", or_null(text("Up to 128 bytes."))},
                 {"schedules", list_of(identifier())}},
                {"status"}),
        command("watch_presence",
                "Watch presence: of those who work on these schedules, or of everybody.",
                {{"schedules", list_of(identifier())}}),
        command("unwatch_presence", "Stop watching presence."),
        command("ack",
                "The user has been shown everything up to here.",
                {{"cursor", cursor("Of the last message shown.")}},
                {"cursor"}),
        command("ping", "Ask for a pong."),
    };
}

std::vector<NamedSchema> v1_messages() {
    std::vector<NamedSchema> list{
        connection_ack(),
        ack(),
        message("error",
                "The command was not executed; the connection stays open.",
                {{"id", command_id()},
                 {"code", integer()},
                 {"name", text("Of the code.")},
                 {"message", text("For people: what to correct.")},
                 {"path", text("JSON pointer into the command, or empty.")}},
                {"id"}),
        message("resumed",
                "The missed events have been sent; live events follow.",
                {{"id", command_id()},
                 {"recovered", {{"type", "boolean"}}},
                 {"reason", or_null(text("Why not, as in `gap`."))},
                 {"replayed", integer()},
                 {"cursor", cursor("The connection is live from here on.")}},
                {"id"}),
        message(
            "gap",
            "Events after `from`, up to and including `to`, may be missing and will not be sent.",
            {{"from", cursor("Start of the range, exclusive.")},
             {"to", cursor("End of the range, inclusive.")},
             {"reason", text("New reasons may appear.")},
             {"cursor", cursor("The cursor to store.")}}),
        message("token_expiring",
                "Once per token, before it expires.",
                {{"token_expires_at", moment()}}),
        message("presence", "The presence of a watched user changed.", presence_members()),
        message("server_draining",
                "The server is about to close this connection.",
                {{"reconnect_after_ms", integer()}}),
        message("pong", "Answer to ping.", {{"id", command_id()}}, {"id"}),
    };
    for (const auto& type : events::all_types())
        if (type.kind == events::Kind::broadcast) list.push_back(event(type.type, type.text));
    boost::mp11::mp_for_each<events::ShownNotices>([&]<class E>(const E&) {
        list.push_back(event(E::type, reflect::description_of<E>.text));
    });
    return list;
}

}  // namespace rotacast::contract
