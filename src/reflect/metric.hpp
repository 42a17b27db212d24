#pragma once

// How a member of a described struct of figures is shown as a metric, given as the third element of
// a member in DESCRIBE:
//
//     (sockets_opened, "WebSockets opened.", counter())
//     (open, "Live connections by protocol.", gauge("protocol", "connections"))
//     (append, "Time until events are durable.", durations())
//
// A member without it is not shown.

#include <string>
#include <string_view>

namespace rotacast::reflect {

struct Metric {
    enum class Kind { counter, gauge, durations };
    Kind kind = Kind::gauge;
    std::string_view label;  ///< of a figure that has several values
    std::string_view name;   ///< empty: the member's
};

constexpr Metric counter(std::string_view label = {}, std::string_view name = {}) {
    return {Metric::Kind::counter, label, name};
}
constexpr Metric gauge(std::string_view label = {}, std::string_view name = {}) {
    return {Metric::Kind::gauge, label, name};
}
constexpr Metric durations() {
    return {Metric::Kind::durations, {}, {}};
}

/// Members whose name ends so are in microseconds; as metrics they are in seconds.
inline constexpr std::string_view microseconds_suffix = "_us";

/// The metric's name in Prometheus' conventions: a prefix, base units, `_total` for counters.
inline std::string metric_name(std::string_view member, const Metric& metric) {
    auto name = "rotacast_" + std::string(metric.name.empty() ? member : metric.name);
    const bool in_microseconds = name.ends_with(microseconds_suffix);
    if (in_microseconds) name.resize(name.size() - microseconds_suffix.size());
    if (in_microseconds || metric.kind == Metric::Kind::durations) name += "_seconds";
    if (metric.kind == Metric::Kind::counter) name += "_total";
    return name;
}

}  // namespace rotacast::reflect
