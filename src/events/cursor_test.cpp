#include "events/cursor.hpp"

#include <gtest/gtest.h>

namespace rotacast::events {
namespace {

TEST(Cursor, SurvivesARoundTripThroughText) {
    for (const Cursor& cursor : {Cursor{"k3x9", {18446744073709551615ULL}},
                                 Cursor{"k3x9", {7, 0}},
                                 Cursor{"k3x9", {7, 41}}})
        EXPECT_EQ(Cursor::parse(to_string(cursor)), cursor) << to_string(cursor);
    EXPECT_EQ(to_string(Cursor{"k3x9", {7}}), "k3x9.7");
    EXPECT_EQ(to_string(Cursor{"k3x9", {7, 0}}), "k3x9.7.0");
}

TEST(Cursor, RejectsTextThatIsNoCursor) {
    for (const auto* text : {"",
                             ".",
                             "a.",
                             ".1",
                             "a.-1",
                             "a.1x",
                             "a.1.",
                             "a.1.x",
                             "a.1.2.3",
                             "a.1.4294967296",
                             "a b.1",
                             "a.18446744073709551616",
                             "a123456789012345678901234567890123.1"})
        EXPECT_FALSE(Cursor::parse(text)) << text;
}

TEST(Position, CanLieBetweenTheEventsOfAnEntry) {
    EXPECT_LT((Position{7, 0}), (Position{7, 1}));
    EXPECT_LT((Position{7, 1}), (Position{7}));
    EXPECT_LT((Position{7}), (Position{8, 0}));
}

TEST(Position, CountsOnlyEntriesThatWereSeenCompletely) {
    EXPECT_EQ((Position{7}).whole_entries(), 7u);
    EXPECT_EQ((Position{7, 3}).whole_entries(), 6u);
    EXPECT_EQ((Position{0, 3}).whole_entries(), 0u);
}

}  // namespace
}  // namespace rotacast::events
