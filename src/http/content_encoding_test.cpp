#include "http/content_encoding.hpp"

#include "http/gzip_for_tests.hpp"

#include <gtest/gtest.h>

#include <random>

namespace rotacast::http {
namespace {

using testing::gzipped;

constexpr std::uint64_t plenty = 1 << 20;

std::string random_text(std::size_t size) {
    std::mt19937_64 random(20261130);
    std::string text(size, '\0');
    for (auto& c : text) c = static_cast<char>(random());
    return text;
}

TEST(ContentEncoding, InflatesWhatWasCompressed) {
    for (const std::string& text : {std::string(),
                                    std::string("{}"),
                                    std::string(500'000, 'a'),
                                    random_text(300'000),
                                    random_text(plenty)}) {
        std::string inflated;
        ASSERT_EQ(inflate_gzip(gzipped(text), plenty, inflated), Inflated::whole) << text.size();
        EXPECT_EQ(inflated, text);
    }
}

TEST(ContentEncoding, InflatesSeveralMembersAsOneText) {
    std::string octets;
    std::string expected;
    for (const std::string& text : {std::string("a"), std::string(), random_text(70'000)}) {
        octets += gzipped(text);
        expected += text;
    }
    std::string inflated;
    ASSERT_EQ(inflate_gzip(octets, plenty, inflated), Inflated::whole);
    EXPECT_EQ(inflated, expected);
}

TEST(ContentEncoding, HoldsTheBoundExactly) {
    for (const std::uint64_t bound : {0U, 1U, 16'383U, 16'384U, 16'385U, 100'000U}) {
        const std::string fits(bound, 'x');
        std::string inflated;
        EXPECT_EQ(inflate_gzip(gzipped(fits), bound, inflated), Inflated::whole) << bound;
        EXPECT_EQ(inflated, fits);
        EXPECT_EQ(inflate_gzip(gzipped(fits + 'x'), bound, inflated), Inflated::too_large) << bound;
        EXPECT_EQ(inflate_gzip(gzipped(fits) + gzipped("x"), bound, inflated), Inflated::too_large)
            << bound;
    }
}

TEST(ContentEncoding, ABombCostsNoMoreThanTheBound) {
    auto bomb = gzipped(std::string(100 << 20, '\0'));
    ASSERT_LT(bomb.size(), 150'000U);
    std::string inflated;
    EXPECT_EQ(inflate_gzip(bomb, plenty, inflated), Inflated::too_large);
    EXPECT_LE(inflated.capacity(), 2 * plenty + 2);
    // Whatever size it announces.
    for (const char octet : {'\0', '\xFF'}) {
        bomb.replace(bomb.size() - 4, 4, 4, octet);
        EXPECT_EQ(inflate_gzip(bomb, plenty, inflated), Inflated::too_large);
        EXPECT_LE(inflated.capacity(), 2 * plenty + 2);
    }
}

TEST(ContentEncoding, FindsEveryCut) {
    const auto whole = gzipped(R"({"event_type":"ScheduleDeleted"})");
    std::string inflated;
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_EQ(inflate_gzip(whole.substr(0, size), plenty, inflated), Inflated::truncated)
            << size;
    const auto second = whole + gzipped("{}").substr(0, 12);
    EXPECT_EQ(inflate_gzip(second, plenty, inflated), Inflated::truncated);
}

TEST(ContentEncoding, RefusesWhatIsNotGzip) {
    const auto whole = gzipped("{}");
    auto wrong_sum = whole;
    wrong_sum[whole.size() - 8] ^= 1;
    auto wrong_size = whole;
    wrong_size[whole.size() - 4] ^= 1;
    std::string inflated;
    for (const std::string& octets : {std::string("{}"),
                                      std::string("\x78\x9c\xab\xae\x05\x00", 6),  // zlib's format
                                      whole + "garbage",
                                      whole + std::string(8, '\0'),
                                      wrong_sum,
                                      wrong_size})
        EXPECT_EQ(inflate_gzip(octets, plenty, inflated), Inflated::corrupt);
}

}  // namespace
}  // namespace rotacast::http
