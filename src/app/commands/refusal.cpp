#include "app/commands/refusal.hpp"

#include "reflect/json.hpp"

#include <boost/json/array.hpp>

namespace rotacast::app {
namespace {

using Member = const boost::json::value*;

/// The sentence of an error, with its path; empty if `error` is none.
std::string sentence_of(Member error) {
    const auto* object = error ? error->if_object() : nullptr;
    if (!object) return {};
    const auto text_of = [&](std::string_view key) {
        const auto* value = object->if_contains(key);
        return value && value->is_string() ? std::string(value->get_string()) : std::string();
    };
    const auto path = text_of("path");
    return text_of("message") + (path.empty() ? "" : " (at " + path + ")");
}

}  // namespace

std::string refusal_text(unsigned status, std::string_view body) {
    auto text = "the server refused with status " + std::to_string(status);
    const auto parsed = reflect::parse_json(body);
    const auto* object = parsed ? parsed->if_object() : nullptr;
    if (!object) return text;
    const Member all = object->if_contains("errors");
    if (all && all->is_array()) {
        for (const auto& error : all->get_array()) text += "\n  " + sentence_of(&error);
        return text;
    }
    if (const auto line = sentence_of(object->if_contains("error")); !line.empty())
        text += ": " + line;
    return text;
}

}  // namespace rotacast::app
