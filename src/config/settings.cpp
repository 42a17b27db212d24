#include "config/settings.hpp"

#include <algorithm>
#include <charconv>
#include <type_traits>

namespace rotacast::config {
namespace {

template <class... F>
struct Overload : F... {
    using F::operator()...;
};
template <class... F>
Overload(F...) -> Overload<F...>;  // clang 16 does not deduce it for aggregates

std::string spelled(std::string_view key, char separator, bool upper) {
    std::string out;
    for (const char c : key) {
        if (c == '.' || c == '_')
            out += separator;
        else
            out += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return out;
}

std::string unit_of(std::string_view key) {
    if (key.ends_with("_s")) return "seconds";
    if (key.ends_with("_days")) return "days";
    if (key.ends_with("_bytes") || key.ends_with("_bytes_max")) return "bytes";
    return {};
}

/// Appends the settings of one described group; `reach` finds the group inside a Config.
template <class Group>
void flatten(std::vector<Setting>& out,
             const std::string& prefix,
             const std::function<Group&(Config&)>& reach) {
    reflect::for_each_member<Group>([&](const auto& m) {
        using Value = typename std::decay_t<decltype(m)>::type;
        const auto key = prefix + std::string(m.name);
        const auto pointer = m.pointer;
        if constexpr (reflect::Described<Value>) {
            flatten<Value>(out, key + ".", [reach, pointer](Config& config) -> Value& {
                return reach(config).*pointer;
            });
        } else {
            out.push_back(
                {key,
                 "--" + spelled(key, '-', false),
                 "ROTACAST_" + spelled(key, '_', true),
                 std::string(m.text),
                 unit_of(key),
                 reflect::note_of<reflect::Constraint>(m).value_or(reflect::Constraint{}),
                 [reach, pointer](Config& config) -> Slot { return &(reach(config).*pointer); }});
        }
    });
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto end = std::min(text.find(separator), text.size());
        auto part = text.substr(0, end);
        while (part.starts_with(' ')) part.remove_prefix(1);
        while (part.ends_with(' ')) part.remove_suffix(1);
        if (!part.empty()) parts.emplace_back(part);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

std::optional<std::int64_t> integer_of(const RawValue& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
    const auto* text = std::get_if<std::string>(&value);
    if (!text || text->empty()) return std::nullopt;
    std::int64_t number = 0;
    const auto* end = text->data() + text->size();
    const auto [stop, error] = std::from_chars(text->data(), end, number);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return number;
}

template <class Integer>
bool set_integer(Integer& to, const RawValue& value, const reflect::Constraint& constraint) {
    const auto number = integer_of(value);
    if (!number || *number < constraint.min || *number > constraint.max) return false;
    to = static_cast<Integer>(*number);
    return true;
}

bool is_choice(const std::string& text, const reflect::Constraint& constraint) {
    const auto choices = split(constraint.choices, '|');
    return choices.empty() || std::ranges::find(choices, text) != choices.end();
}

/// Whether it is a switch. Its words are `on` and `off`; `true` and `false` mean the same, because
/// TOML has them, and other programs their text.
bool is_switch(const reflect::Constraint& constraint) {
    return constraint.choices == "on|off";
}

std::optional<std::string> text_of(const RawValue& value, const reflect::Constraint& constraint) {
    if (const auto* flag = std::get_if<bool>(&value); flag && is_switch(constraint))
        return *flag ? "on" : "off";
    const auto* text = std::get_if<std::string>(&value);
    if (!text) return std::nullopt;
    if (is_switch(constraint) && *text == "true") return "on";
    if (is_switch(constraint) && *text == "false") return "off";
    return *text;
}

bool set_text(std::string& to, const RawValue& value, const reflect::Constraint& constraint) {
    auto text = text_of(value, constraint);
    if (!text || !is_choice(*text, constraint)) return false;
    to = std::move(*text);
    return true;
}

bool set_list(std::vector<std::string>& to,
              const RawValue& value,
              const reflect::Constraint& constraint) {
    if (const auto* list = std::get_if<std::vector<std::string>>(&value))
        to = *list;
    else if (const auto* text = std::get_if<std::string>(&value))
        to = split(*text, ',');
    else
        return false;
    return std::ranges::all_of(to,
                               [&](const std::string& one) { return is_choice(one, constraint); });
}

}  // namespace

const std::vector<Setting>& settings() {
    static const auto list = [] {
        std::vector<Setting> all;
        flatten<Config>(all, "", [](Config& config) -> Config& { return config; });
        return all;
    }();
    return list;
}

const Setting* find_setting(std::string_view key) {
    const auto found = std::ranges::find(settings(), key, &Setting::key);
    return found == settings().end() ? nullptr : &*found;
}

std::string value_text(const Setting& setting, const Config& config) {
    auto copy = config;
    return std::visit(Overload{[](const std::string* v) { return *v; },
                               [](const std::vector<std::string>* v) {
                                   std::string out;
                                   for (const auto& part : *v)
                                       out += (out.empty() ? "" : ",") + part;
                                   return out;
                               },
                               [](const auto* v) { return std::to_string(*v); }},
                      setting.slot(copy));
}

std::string accepted_text(const Setting& setting) {
    const auto& constraint = setting.constraint;
    if (constraint.is_range()) {
        auto out = std::to_string(constraint.min) + " to " + std::to_string(constraint.max);
        return setting.unit.empty() ? out : out + " " + setting.unit;
    }
    std::string out;
    const auto choices = split(constraint.choices, '|');
    for (std::size_t i = 0; i < choices.size(); ++i) {
        if (i != 0) out += i + 1 == choices.size() ? " or " : ", ";
        out += choices[i];
    }
    return is_switch(constraint) ? out + ", or true or false" : out;
}

std::string assign(const Setting& setting, Config& config, const RawValue& value) {
    const auto& constraint = setting.constraint;
    const bool good = std::visit(
        Overload{[&](std::string* to) { return set_text(*to, value, constraint); },
                 [&](std::vector<std::string>* to) { return set_list(*to, value, constraint); },
                 [&](auto* to) { return set_integer(*to, value, constraint); }},
        setting.slot(config));
    if (good) return {};
    const auto accepted = accepted_text(setting);
    if (!accepted.empty()) return "must be " + accepted;
    Config defaults;
    return std::holds_alternative<std::vector<std::string>*>(setting.slot(defaults))
               ? "must be a list of texts"
               : "must be a text";
}

}  // namespace rotacast::config
