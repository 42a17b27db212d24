#include "ws/v1_command.hpp"

#include "base/json_text.hpp"
#include "base/sort_unique.hpp"
#include "reflect/decode.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace rotacast::ws::v1 {
namespace {

namespace json = boost::json;
using reflect::Decoder;

/// Reads the members of a command's object and keeps the first error. Its readers return true if
/// there is no error, so that they can be chained.
class Fields {
  public:
    explicit Fields(const json::object& object) : object_(object) {}

    template <class T>
    bool required(std::string_view key, T& to) {
        const auto* value = object_.if_contains(key);
        return value ? decoder_.decode_at(to, *value, key) : decoder_.refuse_missing(key);
    }
    template <class T>
    bool optional(std::string_view key, T& to) {
        const auto* value = object_.if_contains(key);
        return !value || decoder_.decode_at(to, *value, key);
    }
    bool refuse(std::string_view key, ErrorCode code, std::string message) {
        const Decoder::Step step(decoder_, key);
        return decoder_.refuse_as(code, std::move(message));
    }

    Error error() const { return decoder_.error().value_or(Error{}); }

  private:
    const json::object& object_;
    Decoder decoder_;
};

bool read_lists(Fields& fields, Names& to) {
    return fields.optional("schedules", to.schedules) && fields.optional("persons", to.persons) &&
           fields.optional("notifications", to.notifications);
}

bool read_single(Fields& fields, std::string_view key, std::vector<Uuid>& to) {
    return fields.required(key, to.emplace_back());
}

bool read_cursor(Fields& fields, std::string& to) {
    if (!fields.required("cursor", to)) return false;
    if (!to.empty() && to.size() <= cursor_bytes_max) return true;
    return fields.refuse("cursor", ErrorCode::cursor_invalid, "");
}

bool read_status(Fields& fields, bool& away) {
    std::string status;
    if (!fields.required("status", status)) return false;
    away = status == to_string(presence::PresenceStatus::away);
    return away || status == to_string(presence::PresenceStatus::online) ||
           fields.refuse("status", ErrorCode::invalid_field, "Expected online or away here.");
}

bool at_most(std::size_t bound,
             std::size_t size,
             std::string_view of_what,
             Fields& fields,
             std::string_view key) {
    return size <= bound || fields.refuse(key,
                                          ErrorCode::invalid_field,
                                          "Expected at most " + std::to_string(bound) + " " +
                                              std::string(of_what) + " here.");
}

bool read_schedules(Fields& fields, std::vector<Uuid>& to) {
    if (!fields.optional("schedules", to)) return false;
    sort_unique(to);
    return true;
}

bool read_statement(Fields& fields, presence::PresenceStatement& to) {
    return read_status(fields, to.away) && fields.optional("page", to.page) &&
           at_most(to.page_bytes_max, to.page.value_or("").size(), "bytes", fields, "page") &&
           read_schedules(fields, to.schedules) &&
           at_most(to.schedules_max, to.schedules.size(), "schedules", fields, "schedules");
}

bool read(Fields& fields, Subscribe& to) {
    return read_lists(fields, to.names) && fields.optional("latest", to.latest);
}
bool read(Fields& fields, Unsubscribe& to) {
    return read_lists(fields, to.names);
}
bool read(Fields& fields, Resume& to) {
    return read_cursor(fields, to.cursor) && read_lists(fields, to.names);
}
bool read(Fields& fields, Authenticate& to) {
    return fields.required("token", to.token);
}
bool read(Fields& fields, RefreshToken& to) {
    return fields.required("token", to.token);
}
bool read(Fields& fields, SetPresence& to) {
    return read_statement(fields, to.statement);
}
bool read(Fields& fields, WatchPresence& to) {
    return read_schedules(fields, to.schedules);
}
bool read(Fields& fields, Acknowledge& to) {
    return read_cursor(fields, to.cursor);
}
bool read(Fields&, UnwatchPresence&) {
    return true;
}
bool read(Fields&, Ping&) {
    return true;
}

template <class C>
Result<Command> read_command(Fields& fields) {
    C command;
    if (!read(fields, command)) return fields.error();
    return Command{std::move(command)};
}

template <class C>
Result<Command> read_schedule_command(Fields& fields) {
    C command;
    command.names.single = true;
    if (!read_single(fields, "schedule_id", command.names.schedules)) return fields.error();
    return Command{std::move(command)};
}

template <class C>
Result<Command> read_person_command(Fields& fields) {
    C command;
    command.names.single = true;
    if (!read_single(fields, "person_id", command.names.persons)) return fields.error();
    return Command{std::move(command)};
}

struct Action {
    std::string_view name;
    Result<Command> (*read)(Fields&);
};

constexpr std::array actions{
    Action{"subscribe", read_command<Subscribe>},
    Action{"unsubscribe", read_command<Unsubscribe>},
    Action{"subscribe_schedule", read_schedule_command<Subscribe>},
    Action{"unsubscribe_schedule", read_schedule_command<Unsubscribe>},
    Action{"subscribe_person", read_person_command<Subscribe>},
    Action{"unsubscribe_person", read_person_command<Unsubscribe>},
    Action{"resume", read_command<Resume>},
    Action{"authenticate", read_command<Authenticate>},
    Action{"refresh_token", read_command<RefreshToken>},
    Action{"presence", read_command<SetPresence>},
    Action{"watch_presence", read_command<WatchPresence>},
    Action{"unwatch_presence", read_command<UnwatchPresence>},
    Action{"ack", read_command<Acknowledge>},
    Action{"ping", read_command<Ping>},
};

Result<Command> read_action(const json::object& object) {
    Fields fields(object);
    std::string name;
    if (!fields.required("action", name)) return fields.error();
    const auto* found = std::ranges::find(actions, name, &Action::name);
    if (found == actions.end()) return Error{ErrorCode::unknown_action, "", "/action"};
    return found->read(fields);
}

/// The JSON text of an `id`; nullopt if it cannot be echoed.
std::optional<std::string> read_id(const json::value& id) {
    if (id.is_int64() || id.is_uint64()) return reflect::to_json_text(id);
    const auto* text = id.if_string();
    if (!text || text->empty() || text->size() > command_id_bytes_max) return std::nullopt;
    return reflect::to_json_text(id);
}

}  // namespace

std::vector<hub::Topic> Names::topics(const Uuid& user) const {
    std::vector<hub::Topic> topics;
    topics.reserve(schedules.size() + persons.size() + 1);
    for (const auto& id : schedules) topics.push_back(hub::Topic::schedule(id));
    for (const auto& id : persons) topics.push_back(hub::Topic::person(id));
    if (notifications) topics.push_back(hub::Topic::user(user));
    sort_unique(topics);
    return topics;
}

std::string Names::path_of_person(std::size_t index) const {
    return single ? "/person_id" : "/persons/" + std::to_string(index);
}

Message parse_message(std::string_view text) {
    const auto value = reflect::parse_json(text);
    if (!value) return {"", value.error()};
    const auto* object = value->if_object();
    if (!object) return {"", Error{ErrorCode::invalid_field, "A command is one JSON object.", ""}};
    const auto* id = object->if_contains("id");
    if (!id) return {"", read_action(*object)};
    auto echo = read_id(*id);
    if (!echo)
        return {"",
                Error{ErrorCode::invalid_field,
                      "Expected a string of 1 to 64 bytes or an integer here.",
                      "/id"}};
    return {std::move(*echo), read_action(*object)};
}

}  // namespace rotacast::ws::v1
