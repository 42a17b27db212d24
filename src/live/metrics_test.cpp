#include "live/metrics.hpp"

#include <gtest/gtest.h>

#include <cctype>
#include <regex>
#include <set>
#include <string>

namespace rotacast::live {
namespace {

bool has_line(const std::string& text, const std::string& line) {
    return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

// The library does not escape it, and one such text would make the whole answer unreadable.
TEST(Metrics, HelpHasNoCharacterThatNeedsAnEscape) {
    for (const auto& row : metric_rows()) {
        EXPECT_FALSE(row.text.empty()) << row.name;
        EXPECT_EQ(row.text.find_first_of("\\\n\r"), std::string_view::npos) << row.name;
    }
}

TEST(Metrics, NamesAreDistinctAndConventional) {
    static const std::regex form("rotacast_[a-z]+(_[a-z0-9]+)*");
    std::set<std::string> names;
    for (const auto& row : metric_rows()) {
        EXPECT_TRUE(names.insert(row.name).second) << row.name;
        EXPECT_TRUE(std::regex_match(row.name, form)) << row.name;
        EXPECT_EQ(row.name.ends_with("_total"), row.type == "counter") << row.name;
    }
    EXPECT_GT(names.size(), 40U);
}

TEST(Metrics, EachFigureHasItsNameHelpAndType) {
    ServerStatistics statistics;
    statistics.deliveries = 17;
    const auto text = metrics_text(statistics);
    EXPECT_TRUE(has_line(text, "# TYPE rotacast_deliveries_total counter")) << text;
    EXPECT_TRUE(has_line(
        text,
        "# HELP rotacast_deliveries_total Batches handed to a connection or a subscription."));
    EXPECT_TRUE(has_line(text, "rotacast_deliveries_total 17"));
}

TEST(Metrics, AFigureWithLabelsHasASeriesForEach) {
    ServerStatistics statistics;
    statistics.open = {{"classic", 3}, {"rotacast_v1", 4}};
    statistics.publishing.unseen = {{R"(key:a "b"\c)", 1}};
    const auto text = metrics_text(statistics);
    EXPECT_TRUE(has_line(text, R"(rotacast_connections{protocol="classic"} 3)")) << text;
    EXPECT_TRUE(has_line(text, R"(rotacast_connections{protocol="rotacast_v1"} 4)"));
    EXPECT_TRUE(
        has_line(text, R"(rotacast_unseen_events_total{publisher="key:a \"b\"\\c"} 1)"));
}

TEST(Metrics, MicrosecondsBecomeSeconds) {
    ServerStatistics statistics;
    statistics.process.cpu_us = 1'500'000;
    statistics.handlers.handler_busy_us = {{"audit", 250'000}};
    const auto text = metrics_text(statistics);
    EXPECT_TRUE(has_line(text, "rotacast_process_cpu_seconds_total 1.5")) << text;
    EXPECT_TRUE(has_line(text, "rotacast_handler_busy_seconds_total{handler=\"audit\"} 0.25"));
}

TEST(Metrics, DurationsAreACumulativeHistogram) {
    Histogram histogram;
    histogram.add(std::chrono::microseconds(400), 2);
    histogram.add(std::chrono::milliseconds(200));
    histogram.add(std::chrono::seconds(20));
    ServerStatistics statistics;
    histogram.add_to(statistics.delivery);
    const auto text = metrics_text(statistics);
    EXPECT_TRUE(has_line(text, "# TYPE rotacast_delivery_seconds histogram")) << text;
    EXPECT_TRUE(has_line(text, "rotacast_delivery_seconds_bucket{le=\"0.0005\"} 2"));
    EXPECT_TRUE(has_line(text, "rotacast_delivery_seconds_bucket{le=\"0.1\"} 2"));
    EXPECT_TRUE(has_line(text, "rotacast_delivery_seconds_bucket{le=\"0.25\"} 3"));
    EXPECT_TRUE(has_line(text, "rotacast_delivery_seconds_bucket{le=\"10\"} 3"));
    EXPECT_TRUE(has_line(text, "rotacast_delivery_seconds_bucket{le=\"+Inf\"} 4"));
    EXPECT_TRUE(has_line(text, "rotacast_delivery_seconds_count 4"));
}

}  // namespace
}  // namespace rotacast::live
