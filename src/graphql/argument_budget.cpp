#include "graphql/argument_budget.hpp"

#include <algorithm>

namespace rotacast::graphql {

std::size_t bytes_held(const json::value& value) {
    std::size_t bytes = sizeof value;
    if (const auto* text = value.if_string()) {
        bytes += text->size();
    } else if (const auto* list = value.if_array()) {
        for (const auto& item : *list) bytes += bytes_held(item);
    } else if (const auto* object = value.if_object()) {
        for (const auto& [key, member] : *object)
            bytes += sizeof key + key.size() + bytes_held(member);
    }
    return bytes;
}

bool ArgumentBudget::take(const std::vector<ast::Argument>& arguments) {
    return std::ranges::all_of(arguments,
                               [this](const auto& argument) { return take(argument.value); });
}

bool ArgumentBudget::take(const ast::Value& value) {
    if (value.kind == ast::Value::Kind::variable) {
        const auto bytes = bytes_of(value.text);
        if (bytes > left_) return false;
        left_ -= bytes;
        return true;
    }
    return std::ranges::all_of(value.items, [this](const auto& item) { return take(item); }) &&
           std::ranges::all_of(value.fields,
                               [this](const auto& field) { return take(field.value); });
}

std::size_t ArgumentBudget::bytes_of(std::string_view variable) {
    const auto [place, is_new] = known_.try_emplace(variable, 0);
    if (!is_new) return place->second;
    if (const auto* value = variables_.if_contains(variable)) place->second = bytes_held(*value);
    return place->second;
}

}  // namespace rotacast::graphql
