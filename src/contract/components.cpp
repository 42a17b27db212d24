#include "contract/components.hpp"

#include "contract/names.hpp"

#include <utility>

namespace rotacast::contract {
namespace {

constexpr std::string_view definitions_prefix = "#/$defs/";
constexpr std::string_view components_prefix = "#/components/schemas/";

/// What two parts must share to be one.
json::object meaning_of(json::object schema) {
    for (const auto* words : {"title", "description"}) schema.stable_erase(words);
    return schema;
}

bool needs_name(const json::object& schema) {
    return schema.contains("properties") || schema.contains("enum");
}

class PartNamer {
  public:
    explicit PartNamer(json::object schemas) : whole_(std::move(schemas)) {
        for (auto& [name, schema] : whole_) visit(std::string(name), schema.as_object());
    }

    json::object take() {
        for (auto& [name, schema] : parts_) whole_[name] = std::move(schema);
        return std::move(whole_);
    }

  private:
    /// Names the parts of a schema.
    void visit(const std::string& name, json::object& schema) {
        if (auto* properties = schema.if_contains("properties"))
            for (auto& [key, value] : properties->as_object()) name_part(name + pascal(key), value);
        if (auto* items = schema.if_contains("items")) name_part(name + "Item", *items);
        for (const auto* combination : {"oneOf", "anyOf", "allOf"})
            if (auto* list = schema.if_contains(combination))
                for (auto& one : list->as_array()) visit(name, one.as_object());
    }

    void name_part(const std::string& place, json::value& value) {
        auto& schema = value.as_object();
        const auto* title = schema.if_contains("title");
        const auto name = title ? std::string(title->as_string()) : place;
        visit(name, schema);
        if (needs_name(schema)) value = schema_reference(home_of(name, std::move(schema)));
    }

    /// The name of the component that holds `schema`.
    std::string home_of(const std::string& name, json::object schema) {
        const auto meaning = meaning_of(schema);
        for (const auto* known : {&whole_, &parts_})
            for (const auto& [other, held] : *known)
                if (meaning_of(held.as_object()) == meaning) return std::string(other);
        schema.stable_erase("title");
        parts_[name] = std::move(schema);
        return name;
    }

    json::object whole_;
    json::object parts_;
};

}  // namespace

json::object schema_reference(std::string_view name) {
    return {{"$ref", std::string(components_prefix) + std::string(name)}};
}

void point_to_components(json::value& value) {
    if (auto* object = value.if_object())
        for (auto& pair : *object) point_to_components(pair.value());
    else if (auto* array = value.if_array())
        for (auto& inner : *array) point_to_components(inner);
    else if (const auto* text = value.if_string(); text && text->starts_with(definitions_prefix))
        value =
            std::string(components_prefix) + std::string(*text).substr(definitions_prefix.size());
}

void mark_free_form(json::value& schemas) {
    if (auto* array = schemas.if_array())
        for (auto& inner : *array) mark_free_form(inner);
    auto* object = schemas.if_object();
    if (!object) return;
    for (auto& pair : *object) mark_free_form(pair.value());
    const auto* type = object->if_contains("type");
    if (!type || (*type != "object" && *type != json::array{"object", "null"})) return;
    for (const auto* members : {"properties", "patternProperties", "additionalProperties"})
        if (object->contains(members)) return;
    (*object)["additionalProperties"] = true;
}

json::object with_named_parts(json::object schemas) {
    json::value named(PartNamer(std::move(schemas)).take());
    mark_free_form(named);
    return std::move(named.as_object());
}

}  // namespace rotacast::contract
