#include "load/server_text.hpp"

#include <charconv>
#include <string>

namespace rotacast::bench {

namespace {

/// The text after the last `"key":`; nullopt if there is none.
std::optional<std::string_view> behind(std::string_view text, std::string_view key) {
    const std::string name = '"' + std::string(key) + "\":";
    const auto at = text.rfind(name);
    if (at == std::string_view::npos) return std::nullopt;
    return text.substr(at + name.size());
}

}  // namespace

std::string_view event_type_of(std::string_view text) {
    constexpr std::string_view prefix = R"({"event_type":")";
    if (!text.starts_with(prefix)) return {};
    text.remove_prefix(prefix.size());
    return text.substr(0, text.find('"'));
}

std::optional<std::string_view> text_field(std::string_view text, std::string_view key) {
    const auto value = behind(text, key);
    if (!value || !value->starts_with('"')) return std::nullopt;
    return value->substr(1, value->find('"', 1) - 1);
}

std::optional<std::uint64_t> number_field(std::string_view text, std::string_view key) {
    const auto value = behind(text, key);
    if (!value || value->empty() || value->front() < '0' || value->front() > '9') {
        return std::nullopt;
    }
    return leading_number(*value);
}

std::uint64_t leading_number(std::string_view text) {
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

}  // namespace rotacast::bench
