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
    for (const auto& [label, value] : values)
        append(out, std::string(key).append("_").append(label), value);
}

void append(std::string& out, const std::string& key, const Durations& value) {
    append(out, key + "_count", static_cast<std::int64_t>(value.count()));
    append(out, key + "_sum_us", static_cast<std::int64_t>(value.sum_us));
}

json::object figure(std::string_view text) {
    return {{"type", "integer"}, {"description", text}};
}

}  // namespace

std::string to_json(const ServerStatistics& statistics) {
    std::string out;
    auto add = [&](const auto& m, const auto& value) { append(out, std::string(m.name), value); };
    each_figure(statistics, add);
    return out + '}';
}

json::object server_statistics_schema() {
    json::object single;
    json::object by_label;
    json::array required;
    auto describe_one = [&](const auto& m, const auto& value) {
        using Value = std::decay_t<decltype(value)>;
        const std::string name(m.name);
        if constexpr (std::is_same_v<Value, CountByLabel>) {
            by_label['^' + name + '_'] = figure(m.text);
        } else if constexpr (std::is_same_v<Value, Durations>) {
            for (const auto& part : {name + "_count", name + "_sum_us"}) {
                single[part] = figure(m.text);
                required.emplace_back(part);
            }
        } else {
            single[name] = figure(m.text);
            required.emplace_back(name);
        }
    };
    each_figure(ServerStatistics{}, describe_one);
    return {{"type", "object"},
            {"description", reflect::description_of<ServerStatistics>.text},
            {"properties", std::move(single)},
            {"patternProperties", std::move(by_label)},
            {"required", std::move(required)}};
}

}  // namespace rotacast::live
