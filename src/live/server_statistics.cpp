#include "live/server_statistics.hpp"

#include "base/json_text.hpp"

#include <string_view>

namespace rotacast::live {
namespace {

namespace json = boost::json;

void append(std::string& out, const std::string& key, std::int64_t value) {
    out += out.empty() ? '{' : ',';
    append_json_string(out, key);
    out += ':';
    append_json_integer(out, value);
}

void append(std::string& out, const std::string& key, const CountByLabel& values) {
    for (const auto& [label, value] : values) append(out, std::string(key).append("_").append(label), value);
}

json::object figure(std::string_view text) {
    return {{"type", "integer"}, {"description", text}};
}

}  // namespace

std::string to_json(const ServerStatistics& statistics) {
    std::string out;
    reflect::for_each_member<ServerStatistics>(
        [&](const auto& m) { append(out, std::string(m.name), statistics.*m.pointer); });
    return out + '}';
}

json::object server_statistics_schema() {
    json::object single;
    json::object by_label;
    json::array required;
    reflect::for_each_member<ServerStatistics>([&](const auto& m) {
        using Value = typename std::decay_t<decltype(m)>::type;
        const std::string name(m.name);
        if constexpr (std::is_same_v<Value, CountByLabel>) {
            by_label['^' + name + '_'] = figure(m.text);
        } else {
            single[name] = figure(m.text);
            required.emplace_back(name);
        }
    });
    return {{"type", "object"},
            {"description", reflect::description_of<ServerStatistics>.text},
            {"properties", std::move(single)},
            {"patternProperties", std::move(by_label)},
            {"required", std::move(required)}};
}

}  // namespace rotacast::live
