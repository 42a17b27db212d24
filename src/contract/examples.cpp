#include "contract/examples.hpp"

#include "contract/example_values.hpp"

#include <optional>
#include <string>
#include <utility>

namespace rotacast::contract {
namespace {

std::string_view last_segment(std::string_view reference) {
    return reference.substr(reference.rfind('/') + 1);
}

bool lists(const json::object& schema, std::string_view name) {
    const auto* required = schema.if_contains("required");
    if (!required) return false;
    for (const auto& one : required->as_array())
        if (one.as_string() == name) return true;
    return false;
}

class ExampleMaker {
  public:
    explicit ExampleMaker(const json::object& schemas) : schemas_(schemas) {}

    /// `member`: the name of the member that has this schema; empty at the top.
    json::value make(const json::object& schema, std::string_view owner, std::string_view member) {
        if (const auto* reference = schema.if_contains("$ref")) {
            const auto name = last_segment(reference->as_string());
            return make(schemas_.at(name).as_object(), name, member);
        }
        if (const auto* fixed = schema.if_contains("const")) return *fixed;
        if (const auto* choices = schema.if_contains("enum")) return choices->as_array().front();
        if (const auto* parts = schema.if_contains("allOf")) return merged(*parts, owner);
        if (schema.contains("properties")) return object(schema, owner);
        for (const auto* choice : {"oneOf", "anyOf"})
            if (const auto* list = schema.if_contains(choice))
                return make(list->as_array().front().as_object(), owner, member);
        return of_type(schema, owner, member);
    }

  private:
    json::object merged(const json::value& parts, std::string_view owner) {
        json::object out;
        for (const auto& part : parts.as_array()) {
            const auto one = make(part.as_object(), owner, "");
            for (const auto& [key, value] : one.as_object()) out[key] = value;
        }
        return out;
    }

    json::object object(const json::object& schema, std::string_view owner) {
        json::object out;
        for (const auto& [key, value] : schema.at("properties").as_object()) {
            const auto known = known_value(owner, key);
            const auto& member = value.as_object();
            if (member.contains("const"))
                out[key] = member.at("const");
            else if (known)
                out[key] = *known;
            else if (lists(schema, key))
                out[key] = make(member, owner, key);
        }
        return out;
    }

    json::value of_type(const json::object& schema,
                        std::string_view owner,
                        std::string_view member) {
        const auto* type = schema.if_contains("type");
        if (!type) return json::object{};
        const json::value& first = type->is_array() ? type->as_array().front() : *type;
        const std::string_view name = first.as_string();
        if (name == "array")
            return json::array{make(schema.at("items").as_object(), owner, member)};
        if (name == "object") return json::object{};
        if (name == "boolean") return true;
        if (name == "integer") return 1;
        if (name == "number") return 1.5;
        if (auto known = known_value(owner, member)) return std::move(*known);
        std::string_view text = "text";
        if (const auto* format = schema.if_contains("format"))
            text = format->as_string() == "uuid" ? some_uuid : some_moment;
        json::value made(text);
        return made;
    }

    const json::object& schemas_;
};

}  // namespace

json::value example_of(const json::object& schema,
                       const json::object& schemas,
                       std::string_view owner) {
    return ExampleMaker(schemas).make(schema, owner, "");
}

}  // namespace rotacast::contract
