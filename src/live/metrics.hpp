#pragma once

// The described figures as Prometheus metrics (text format 0.0.4).

#include "live/server_statistics.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace rotacast::live {

/// Prometheus 3 refuses answers without it.
inline constexpr std::string_view metrics_content_type = "text/plain; version=0.0.4; charset=utf-8";

std::string metrics_text(const ServerStatistics& statistics);

/// One metric, for documentation.
struct MetricRow {
    std::string name;
    std::string_view type;   ///< `counter`, `gauge`, `histogram`
    std::string_view label;  ///< empty: it has none
    std::string_view text;
};
/// In the order of the description. Static lifetime of the views.
std::vector<MetricRow> metric_rows();

}  // namespace rotacast::live
