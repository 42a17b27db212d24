#include "live/metrics.hpp"

#include "base/version.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <cstddef>
#include <limits>
#include <type_traits>
#include <utility>

namespace rotacast::live {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using reflect::Metric;

constexpr double microseconds_per_second = 1e6;

prometheus::MetricType type_of(Metric::Kind kind) {
    switch (kind) {
        case Metric::Kind::counter: return prometheus::MetricType::Counter;
        case Metric::Kind::gauge: return prometheus::MetricType::Gauge;
        case Metric::Kind::durations: break;
    }
    return prometheus::MetricType::Histogram;
}

std::string_view type_name(Metric::Kind kind) {
    switch (kind) {
        case Metric::Kind::counter: return "counter";
        case Metric::Kind::gauge: return "gauge";
        case Metric::Kind::durations: break;
    }
    return "histogram";
}

ClientMetric metric_of(Metric::Kind kind, double value) {
    ClientMetric metric;
    (kind == Metric::Kind::counter ? metric.counter.value : metric.gauge.value) = value;
    return metric;
}

ClientMetric metric_of(const Durations& durations) {
    ClientMetric metric;
    auto& histogram = metric.histogram;
    for (std::size_t i = 0; i < durations.counts.size(); ++i) {
        const bool last = i == duration_bounds.size();
        histogram.sample_count += durations.counts[i];
        histogram.bucket.push_back(
            {histogram.sample_count,
             last ? std::numeric_limits<double>::infinity()
                  : static_cast<double>(duration_bounds[i].count()) / microseconds_per_second});
    }
    histogram.sample_sum = static_cast<double>(durations.sum_us) / microseconds_per_second;
    return metric;
}

/// Calls `see(member, value, metric, family)` for each figure that is shown; the family is empty.
template <class See>
void each_family(const ServerStatistics& statistics, See see) {
    auto show = [&](const auto& member, const auto& value) {
        const auto metric = reflect::note_of<Metric>(member);
        if (!metric) return;
        see(member,
            value,
            *metric,
            MetricFamily{reflect::metric_name(member.name, *metric),
                         std::string(member.text),
                         type_of(metric->kind),
                         {}});
    };
    each_figure(statistics, show);
}

double scale_of(std::string_view member) {
    return member.ends_with(reflect::microseconds_suffix) ? microseconds_per_second : 1;
}

/// As is usual: a constant whose label says which program it is.
MetricFamily build_info() {
    MetricFamily family{"rotacast_build_info",
                        "1; the label has the version of the program.",
                        prometheus::MetricType::Gauge,
                        {}};
    family.metric.push_back(metric_of(Metric::Kind::gauge, 1));
    family.metric.back().label.push_back({"version", std::string(version)});
    return family;
}

}  // namespace

std::string metrics_text(const ServerStatistics& statistics) {
    std::vector<MetricFamily> families{build_info()};
    const auto add = [&](const auto& member,
                         const auto& value,
                         const Metric& metric,
                         MetricFamily family) {
        using Value = std::decay_t<decltype(value)>;
        const double scale = scale_of(member.name);
        if constexpr (std::is_same_v<Value, Durations>) {
            family.metric.push_back(metric_of(value));
        } else if constexpr (std::is_same_v<Value, CountByLabel>) {
            for (const auto& [label, count] : value) {
                family.metric.push_back(metric_of(metric.kind, static_cast<double>(count) / scale));
                family.metric.back().label.push_back({std::string(metric.label), label});
            }
        } else {
            family.metric.push_back(metric_of(metric.kind, static_cast<double>(value) / scale));
        }
        families.push_back(std::move(family));
    };
    each_family(statistics, add);
    return prometheus::TextSerializer().Serialize(families);
}

std::vector<MetricRow> metric_rows() {
    std::vector<MetricRow> rows{{"rotacast_build_info",
                                 "gauge",
                                 "version",
                                 "1; the label has the version of the program."}};
    const auto add =
        [&](const auto& member, const auto&, const Metric& metric, const MetricFamily& family) {
            rows.push_back({family.name, type_name(metric.kind), metric.label, member.text});
        };
    each_family({}, add);
    return rows;
}

}  // namespace rotacast::live
