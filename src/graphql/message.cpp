#include "graphql/message.hpp"

#include "reflect/json.hpp"

#include <algorithm>
#include <cctype>

namespace rotacast::graphql {
namespace {

bool same_ignoring_case(std::string_view text, std::string_view lower) {
    return std::ranges::equal(
        text, lower, {}, [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
}

// RFC 6750 §2.1; scheme names are case-insensitive (RFC 9110 §11.1).
std::string_view without_scheme(std::string_view text) {
    constexpr std::string_view scheme = "bearer ";
    if (text.size() > scheme.size() && same_ignoring_case(text.substr(0, scheme.size()), scheme))
        text.remove_prefix(scheme.size());
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
}

}  // namespace

ReadMessage read_message(std::string_view text) {
    auto document = reflect::parse_json(text);
    if (!document) return {std::nullopt, Unreadable::no_json};
    const auto* object = document->if_object();
    const auto* type = object ? object->if_contains("type") : nullptr;
    if (!type || !type->is_string()) return {std::nullopt, Unreadable::no_message};
    Message message;
    message.type = type->get_string();
    if (const auto* id = object->if_contains("id"); id && id->is_string())
        message.id = id->get_string();
    if (const auto* payload = object->if_contains("payload")) {
        message.payload = *payload;
        message.has_payload = true;
    }
    return {std::move(message), {}};
}

std::optional<std::string> token_in(const json::value* payload) {
    const auto* object = payload ? payload->if_object() : nullptr;
    if (!object) return std::nullopt;
    const auto text_of = [](const json::value& value) {
        return value.is_string() ? std::string_view(value.get_string()) : std::string_view();
    };
    for (const auto* key : {"token", "authToken"})
        if (const auto* value = object->if_contains(key))
            if (const auto token = without_scheme(text_of(*value)); !token.empty())
                return std::string(token);
    for (const auto& member : *object)
        if (same_ignoring_case(member.key(), "authorization"))
            if (const auto token = without_scheme(text_of(member.value())); !token.empty())
                return std::string(token);
    return std::nullopt;
}

}  // namespace rotacast::graphql
