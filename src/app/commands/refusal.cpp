#include "app/commands/refusal.hpp"

#include "reflect/json.hpp"

namespace rotacast::app {

std::string refusal_text(unsigned status, std::string_view body) {
    auto text = "the server refused with status " + std::to_string(status);
    const auto parsed = reflect::parse_json(body);
    const auto* object = parsed ? parsed->if_object() : nullptr;
    const auto* error = object ? object->if_contains("error") : nullptr;
    if (!error || !error->is_object()) return text;
    const auto member = [&](std::string_view key) {
        const auto* value = error->get_object().if_contains(key);
        return value && value->is_string() ? std::string(value->get_string()) : std::string();
    };
    text += ": " + member("message");
    if (const auto path = member("path"); !path.empty()) text += " (at " + path + ")";
    return text;
}

}  // namespace rotacast::app
