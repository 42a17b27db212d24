#include "live/scrape_token.hpp"

#include <gtest/gtest.h>

namespace rotacast::live {
namespace {

TEST(ScrapeToken, OpensWithItselfAsABearer) {
    const ScrapeToken token("open sesame");
    EXPECT_TRUE(token.opens("Bearer open sesame"));
    EXPECT_TRUE(token.opens("bearer open sesame"));
}

TEST(ScrapeToken, NothingElseOpens) {
    const ScrapeToken token("open sesame");
    for (const auto* other : {"",
                              "Bearer",
                              "Bearer ",
                              "open sesame",
                              "Bearer open sesam",
                              "Bearer open sesame ",
                              "Bearer Open sesame",
                              "Basic open sesame"})
        EXPECT_FALSE(token.opens(other)) << other;
}

TEST(ScrapeToken, WithoutOneNothingOpens) {
    const ScrapeToken none("");
    EXPECT_FALSE(none.opens("Bearer "));
    EXPECT_FALSE(none.opens(""));
}

TEST(ScrapeToken, AnotherOneReplacesIt) {
    ScrapeToken token("former");
    token.replace("present");
    EXPECT_FALSE(token.opens("Bearer former"));
    EXPECT_TRUE(token.opens("Bearer present"));
}

}  // namespace
}  // namespace rotacast::live
