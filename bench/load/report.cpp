#include "load/report.hpp"

#include <array>
#include <cstdio>

namespace rotacast::bench {

JsonObject& JsonObject::add(std::string_view key, std::uint64_t value) {
    return add_raw(key, std::to_string(value));
}

JsonObject& JsonObject::add(std::string_view key, double value) {
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%.4f", value);
    return add_raw(key, text.data());
}

JsonObject& JsonObject::add(std::string_view key, const char* text) {
    return add_raw(key, "\"" + std::string(text) + "\"");
}

JsonObject& JsonObject::add(std::string_view key, const JsonObject& object) {
    return add_raw(key, object.text());
}

JsonObject& JsonObject::add_raw(std::string_view key, std::string_view value) {
    if (!members_.empty()) members_ += ',';
    members_.append("\"").append(key).append("\":").append(value);
    return *this;
}

}  // namespace rotacast::bench
