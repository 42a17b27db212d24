#include "net/ticket_keys.hpp"

#include <gtest/gtest.h>

namespace rotacast::net {
namespace {

using namespace std::chrono_literals;

const TicketKeys::Clock::time_point start{1'000h};

TEST(TicketKeys, OneKeySealsForItsLifetime) {
    TicketKeys keys;
    const auto first = keys.to_seal(start);
    ASSERT_TRUE(first);
    EXPECT_EQ(keys.to_seal(start + TicketKeys::lifetime - 1s)->name, first->name);
    const auto second = keys.to_seal(start + TicketKeys::lifetime);
    EXPECT_NE(second->name, first->name);
    EXPECT_NE(second->cipher, first->cipher);
    EXPECT_NE(second->mac, first->mac);
}

TEST(TicketKeys, ItThenOpensForAsLongAgain) {
    TicketKeys keys;
    const auto first = keys.to_seal(start);
    EXPECT_FALSE(keys.to_open(first->name, start)->aged);
    const auto late = start + 2 * TicketKeys::lifetime - 1s;
    ASSERT_TRUE(keys.to_open(first->name, late));
    EXPECT_TRUE(keys.to_open(first->name, late)->aged);
    EXPECT_EQ(keys.to_open(first->name, late)->key.cipher, first->cipher);
    EXPECT_FALSE(keys.to_open(first->name, late + 1s));
}

TEST(TicketKeys, AKeyIsForgottenInTimeAlsoIfNobodyCameMeanwhile) {
    TicketKeys keys;
    const auto first = keys.to_seal(start);
    EXPECT_FALSE(keys.to_open(first->name, start + 2 * TicketKeys::lifetime));
}

TEST(TicketKeys, AnUnknownNameFindsNone) {
    TicketKeys keys;
    const auto key = keys.to_seal(start);
    auto other = key->name;
    other[0] ^= 1;
    EXPECT_FALSE(keys.to_open(other, start));
    EXPECT_FALSE(keys.to_open({}, start));
}

}  // namespace
}  // namespace rotacast::net
