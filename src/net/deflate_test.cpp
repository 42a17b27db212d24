#include "net/deflate.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <thread>

namespace rotacast::net {
namespace {

using namespace std::string_view_literals;

constexpr std::uint8_t window_bits = 12;

std::string text_of(std::size_t size) {
    std::string text;
    for (int i = 0; text.size() < size; ++i)
        text += "person-" + std::to_string(i) + " is on call; ";
    text.resize(size);
    return text;
}

std::string noise_of(std::size_t size) {
    std::mt19937 random(7);
    std::string noise(size, '\0');
    for (char& c : noise) c = static_cast<char>(random());
    return noise;
}

struct Outcome {
    std::string text;
    bool whole = false;
};

/// Inflates in pieces of `in` octets into room for `out`.
Outcome inflated(std::string_view message, std::size_t in = 1 << 20, std::size_t out = 1 << 16) {
    Inflater inflater;
    std::string room(out, '\0');
    Outcome outcome;
    const auto feed = [&](std::string_view piece) {
        while (true) {
            const auto [octets, corrupt] = inflater.next(piece, room);
            outcome.text += octets;
            if (corrupt) return false;
            if (octets.size() < room.size()) return true;
        }
    };
    for (; !message.empty(); message.remove_prefix(std::min(in, message.size()))) {
        if (!feed(message.substr(0, in))) return outcome;
    }
    outcome.whole = (inflater.ended() || feed(Inflater::tail)) && inflater.complete();
    return outcome;
}

std::string inflated_text(std::string_view message) {
    const auto outcome = inflated(message);
    return outcome.whole ? outcome.text : "(not whole)";
}

// ---------------------------------------------------------------------------------- compressing

TEST(Deflated, RoundTripsWithEveryWindow) {
    for (std::uint8_t bits = deflate_window_bits_min; bits <= deflate_window_bits_max; ++bits) {
        for (const std::size_t size : {100, 256, 5000, 70'000, 1'000'000}) {
            const auto text = text_of(size);
            const auto message = deflated(text, bits);
            ASSERT_TRUE(message) << size;
            EXPECT_LT(message->size(), size);
            EXPECT_EQ(inflated_text(*message), text) << size;
        }
    }
}

TEST(Deflated, LeavesOutTheTail) {
    EXPECT_FALSE(deflated(text_of(1000), window_bits)->ends_with(Inflater::tail));
}

TEST(Deflated, DependsOnThePayloadOnly) {
    const auto text = text_of(3000);
    const std::string first(deflated(text, window_bits).value());
    EXPECT_TRUE(deflated(text_of(100'000), window_bits));
    EXPECT_EQ(deflated(text, window_bits), first);
}

TEST(Deflated, IsNulloptWhenItWouldNotBeSmaller) {
    EXPECT_FALSE(deflated("", window_bits));
    EXPECT_FALSE(deflated("short", window_bits));
    for (const std::size_t size : {10, 1000, 100'000, 1'000'000}) {
        EXPECT_FALSE(deflated(noise_of(size), window_bits)) << size;
    }
    EXPECT_TRUE(deflated(text_of(1000), window_bits));
}

TEST(Deflated, NeverReachesFurtherBackThanItsWindow) {
    const auto block = noise_of(600);
    EXPECT_FALSE(deflated(block + block, 9));
    EXPECT_TRUE(deflated(block + block, 11));
}

TEST(Deflated, CountsEveryCall) {
    const auto before = deflated_messages();
    EXPECT_TRUE(deflated(text_of(1000), window_bits));
    EXPECT_FALSE(deflated(noise_of(1000), window_bits));
    std::thread([] { EXPECT_TRUE(deflated(text_of(1000), window_bits)); }).join();
    EXPECT_EQ(deflated_messages(), before + 3);
}

// ------------------------------------------------------------------------------------- inflating

TEST(Inflater, ReadsTheExamplesOfTheRfc) {
    EXPECT_EQ(inflated_text("\xf2\x48\xcd\xc9\xc9\x07\x00"sv), "Hello");  // §7.2.3.1
    EXPECT_EQ(inflated_text("\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"sv), "Hello");  // .3
    EXPECT_EQ(inflated_text("\xf3\x48\xcd\xc9\xc9\x07\x00\x00"sv), "Hello");              // .4
    EXPECT_EQ(inflated_text("\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"sv),
              "Hello");                      // .5
    EXPECT_EQ(inflated_text("\x00"sv), "");  // .6
}

TEST(Inflater, TreatsAMessageWithoutOctetsAsEmpty) {
    EXPECT_EQ(inflated_text(""), "");
}

TEST(Inflater, AcceptsAMessageThatEndsWithItsLastBlock) {
    EXPECT_EQ(inflated_text("\xf3\x48\xcd\xc9\xc9\x07\x00"sv), "Hello");
}

TEST(Inflater, ContinuesAfterALastBlock) {
    EXPECT_EQ(inflated_text("\xf3\x48\xcd\xc9\xc9\x07\x00\xf2\x48\xcd\xc9\xc9\x07\x00"sv),
              "HelloHello");
}

TEST(Inflater, GivesTheSameForAnySplitAndAnyRoom) {
    const auto text = text_of(20'000);
    const std::string message(deflated(text, window_bits).value());
    for (const std::size_t in : {1, 2, 7, 100, 100'000}) {
        for (const std::size_t out : {1, 3, 250, 20'000, 20'001}) {
            const auto outcome = inflated(message, in, out);
            ASSERT_TRUE(outcome.whole) << in << " " << out;
            ASSERT_EQ(outcome.text, text) << in << " " << out;
        }
    }
}

TEST(Inflater, DetectsATruncatedMessage) {
    const std::string message(deflated(text_of(2000), window_bits).value());
    for (std::size_t size = 1; size < message.size(); ++size) {
        ASSERT_FALSE(inflated(std::string_view(message).substr(0, size)).whole) << size;
    }
}

TEST(Inflater, DetectsInvalidDeflate) {
    EXPECT_FALSE(inflated("\x07"sv).whole);                           // block type 3
    EXPECT_FALSE(inflated("\x00\x05\x00\x05\x00Hello\x00"sv).whole);  // length without complement
    EXPECT_FALSE(inflated("\x02\x04\x00"sv).whole);  // reaches back before the start
    EXPECT_FALSE(inflated(text_of(100)).whole);
}

TEST(Inflater, InflatesNoMoreThanThereIsRoomFor) {
    const std::string zeros(10'000'000, '\0');
    const auto bomb = deflated(zeros, window_bits).value();
    EXPECT_LT(bomb.size(), 20'000U);
    Inflater inflater;
    std::array<char, 1000> room;
    auto rest = bomb;
    EXPECT_EQ(inflater.next(rest, room).octets.size(), room.size());
    EXPECT_GT(rest.size(), bomb.size() / 2);
}

}  // namespace
}  // namespace rotacast::net
