#include "webhooks/retry_after.hpp"

#include <gtest/gtest.h>

namespace rotacast::webhooks {
namespace {

using namespace std::chrono_literals;

const Timestamp time{1'445'412'420s};  // Wed, 21 Oct 2015 07:27:00 GMT

std::optional<std::chrono::seconds> wait(std::string_view text) {
    return parse_retry_after(text, time);
}

TEST(RetryAfter, IsSeconds) {
    EXPECT_EQ(wait("0"), 0s);
    EXPECT_EQ(wait("120"), 120s);
    EXPECT_EQ(wait("3600"), 1h);
    EXPECT_EQ(wait("007"), 7s);
}

TEST(RetryAfter, OrADateInOneOfThreeForms) {
    EXPECT_EQ(wait("Wed, 21 Oct 2015 07:28:00 GMT"), 60s);
    EXPECT_EQ(wait("Wednesday, 21-Oct-15 07:28:00 GMT"), 60s);
    EXPECT_EQ(wait("Wed Oct 21 07:28:00 2015"), 60s);
    EXPECT_EQ(parse_retry_after("Sun Nov  6 08:49:37 1994", Timestamp(784'111'776s)), 1s);
    EXPECT_EQ(wait("Wed, 21 Oct 2015 07:20:00 GMT"), 0s) << "it is over";
    EXPECT_EQ(parse_retry_after("Wed, 21 Oct 2015 07:28:00 GMT", time + 1ms), 60s)
        << "not a moment before";
}

TEST(RetryAfter, HasABound) {
    EXPECT_EQ(wait("3601"), 1h);
    EXPECT_EQ(wait("99999999999999999999"), 1h);
    EXPECT_EQ(wait("Fri, 21 Oct 2016 07:28:00 GMT"), 1h);
    EXPECT_EQ(wait("Fri, 31 Dec 9999 23:59:59 GMT"), 1h);
}

TEST(RetryAfter, IsIgnoredIfItIsAnythingElse) {
    for (const char* none : {"",
                             "soon",
                             "-5",
                             "+5",
                             "1.5",
                             "1e3",
                             "12s",
                             "0x10",
                             "12, 13",
                             "\xc3\xbc",
                             "Wed, 21 Oct 2015 07:28:00 GMT+1",
                             "Wed, 21 Oct 2015 07:28:00",
                             "Wed, 21 Oct 2015 07:28:00 CET",
                             "Wed, 41 Oct 2015 07:28:00 GMT",
                             "2015-10-21T07:28:00Z"})
        EXPECT_FALSE(wait(none)) << none;
}

}  // namespace
}  // namespace rotacast::webhooks
