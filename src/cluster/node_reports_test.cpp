#include "cluster/node_reports.hpp"

#include <gtest/gtest.h>

namespace rotacast::cluster {
namespace {

TEST(NodeReports, AreReadAsTheyWereWritten) {
    for (const NodeReport report : {NodeReport{0, 0}, NodeReport{10'000, 3}})
        EXPECT_EQ(read_report_note(report_note(report)), report);
    for (const auto* note : {"", "1", "1 ", " 1", "1 x", "1 2 3"})
        EXPECT_FALSE(read_report_note(note)) << note;
}

TEST(NodeReports, KnowTheLatestOfEveryNodeThatLives) {
    NodeReports reports("a");
    EXPECT_FALSE(reports.of("a"));
    reports.report({1, 0});
    reports.others_reported("p1", "b", NodeReport{2, 0});
    reports.others_reported("p1", "b", NodeReport{3, 1});
    EXPECT_EQ(reports.of("a"), (NodeReport{1, 0}));
    EXPECT_EQ(reports.of("b"), (NodeReport{3, 1}));
    reports.others_reported("p1", "b", std::nullopt);
    EXPECT_FALSE(reports.of("b"));
}

TEST(NodeReports, ARestartedNodeIsNotForgottenWithItsFormerProcess) {
    NodeReports reports("a");
    reports.others_reported("p1", "b", NodeReport{2, 0});
    reports.others_reported("p2", "b", NodeReport{5, 0});
    reports.others_reported("p1", "b", std::nullopt);
    EXPECT_EQ(reports.of("b"), (NodeReport{5, 0}));
    reports.report({1, 0});
    reports.others_reported("p0", "a", NodeReport{9, 9});
    reports.others_reported("p0", "a", std::nullopt);
    EXPECT_EQ(reports.of("a"), (NodeReport{1, 0}));
}

}  // namespace
}  // namespace rotacast::cluster
