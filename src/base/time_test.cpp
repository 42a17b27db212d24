#include "base/time.hpp"

#include <gtest/gtest.h>

namespace rotacast {
namespace {

std::string again(std::string_view text) {
    const auto time = parse_timestamp(text);
    return time ? to_string(*time) : "refused";
}

TEST(Time, WritesMillisecondsAndZ) {
    EXPECT_EQ(to_string(Timestamp{}), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(again("2025-12-30T14:23:45.123Z"), "2025-12-30T14:23:45.123Z");
}

TEST(Time, AcceptsEveryRfc3339FormAndTheOriginals) {
    EXPECT_EQ(again("2025-01-02T03:04:05"), "2025-01-02T03:04:05.000Z");
    EXPECT_EQ(again("2026-11-23T06:09:09.860910"), "2026-11-23T06:09:09.860Z");
    EXPECT_EQ(again("2026-11-23T06:09:09.8Z"), "2026-11-23T06:09:09.800Z");
    EXPECT_EQ(again("2025-01-01t01:30:00z"), "2025-01-01T01:30:00.000Z");
    EXPECT_EQ(again("2025-01-01T01:30:00+02:00"), "2024-12-31T23:30:00.000Z");
    EXPECT_EQ(again("2025-01-01 01:30:00-00:30"), "2025-01-01T02:00:00.000Z");
    EXPECT_EQ(again("2024-02-29"), "2024-02-29T00:00:00.000Z");
    EXPECT_EQ(again("2016-12-31T23:59:60Z"), "2017-01-01T00:00:00.000Z");
}

TEST(Time, RejectsTextThatIsNoTime) {
    for (const auto* text : {"",
                             "now",
                             "2025-02-29",
                             "2025-13-01T00:00:00Z",
                             "2025-01-01T24:00:00Z",
                             "2025-01-01T00:60:00Z",
                             "2025-01-01T00:00:00.Z",
                             "2025-01-01T00:00",
                             "2025-01-01T00:00:00+00:00Z",
                             "2025-01-01T00:00:00+2:00"})
        EXPECT_EQ(again(text), "refused") << text;
}

}  // namespace
}  // namespace rotacast
