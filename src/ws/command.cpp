#include "ws/command.hpp"

#include "reflect/json.hpp"

#include <optional>

namespace rotacast::ws {
namespace {

namespace json = boost::json;

const json::value* find_id(const json::object& object,
                           std::string_view snake,
                           std::string_view camel) {
    const auto* value = object.if_contains(snake);
    const bool usable =
        value && !(value->is_null() || (value->is_string() && value->as_string().empty()));
    return usable ? value : object.if_contains(camel);
}

std::variant<Uuid, Ignored> read_id(const json::object& object, bool of_person) {
    const auto* value = of_person ? find_id(object, "person_id", "personId")
                                  : find_id(object, "schedule_id", "scheduleId");
    if (!value || value->is_null()) return Ignored::no_id;
    const auto* text = value->if_string();
    if (!text) return Ignored::bad_id;
    if (text->empty()) return Ignored::no_id;
    const auto id = Uuid::parse(*text);
    if (!id) return Ignored::bad_id;
    return *id;
}

}  // namespace

Command parse_command(std::string_view text) {
    const auto value = reflect::parse_json(text);
    if (!value) return Ignored::not_json;
    const auto* object = value->if_object();
    if (!object) return Ignored::not_an_object;
    const auto* action = object->if_contains("action");
    if (!action || !action->is_string()) return Ignored::unknown_action;

    const std::string_view name = action->as_string();
    if (name == "ping") return Ping{};
    const bool adds = name == "subscribe_schedule" || name == "subscribe_person";
    const bool removes = name == "unsubscribe_schedule" || name == "unsubscribe_person";
    if (!adds && !removes) return Ignored::unknown_action;

    const bool of_person = name.ends_with("person");
    const auto id = read_id(*object, of_person);
    if (const auto* ignored = std::get_if<Ignored>(&id)) return *ignored;
    const auto& uuid = std::get<Uuid>(id);
    const auto topic = of_person ? hub::Topic::person(uuid) : hub::Topic::schedule(uuid);
    if (adds) return Subscribe{topic};
    return Unsubscribe{topic};
}

std::string_view to_string(Ignored reason) {
    switch (reason) {
        case Ignored::not_json: return "not_json";
        case Ignored::not_an_object: return "not_an_object";
        case Ignored::unknown_action: return "unknown_action";
        case Ignored::no_id: return "no_id";
        case Ignored::bad_id: return "bad_id";
    }
    return "unknown";
}

}  // namespace rotacast::ws
