#include "cluster/note_exchange.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace rotacast::cluster {
namespace {

using Puts = std::vector<std::pair<std::string, NoteValue>>;

/// One exchange, driven by hand. Redis' answers are what a test says.
class NoteExchangeTest : public testing::Test {
  protected:
    NoteExchangeTest() {
        exchange.connected("redis 1");
        let_pass(0);
    }

    void let_pass(int ms) { exchange.tick(time += Milliseconds(ms)); }

    std::optional<ExchangeNotes> call() {
        for (auto& action : exchange.take_actions())
            if (auto* call = std::get_if<ExchangeNotes>(&action)) return std::move(*call);
        return std::nullopt;
    }
    std::vector<Note> told() {
        for (auto& action : exchange.take_actions())
            if (auto* told = std::get_if<TellNotes>(&action)) return std::move(told->notes);
        return {};
    }
    void answer(std::uint64_t number, std::vector<Note> notes, std::vector<std::string> lives) {
        exchange.answered({number, number, std::move(lives), std::move(notes)});
    }
    /// A call with nothing new on either side.
    void quiet_call(std::uint64_t number = 0, std::vector<std::string> lives = {}) {
        ASSERT_TRUE(call());
        answer(number, {}, std::move(lives));
    }
    static Note note(std::string life, std::string name, NoteValue value = std::nullopt) {
        return {std::move(life), std::move(name), std::move(value)};
    }

    NoteExchange exchange{{.node = "n", .puts_max = 2}};
    Milliseconds time{0};
};

TEST_F(NoteExchangeTest, BeginsALifeAndTellsWhatChanged) {
    const auto first = call().value();
    EXPECT_TRUE(first.begins);
    EXPECT_EQ(first.life, "n.1");
    answer(0, {}, {"n.1"});
    exchange.put("a", "1");
    exchange.put("b", "1");
    exchange.put("b", std::nullopt);
    let_pass(150);
    const auto second = call().value();
    EXPECT_FALSE(second.begins);
    EXPECT_EQ(second.puts, (Puts{{"a", "1"}, {"b", std::nullopt}}));
    answer(2, {}, {"n.1"});
    exchange.put("a", "1");
    let_pass(150);
    EXPECT_EQ(call().value().puts, Puts{});
}

TEST_F(NoteExchangeTest, ManyNotesGoInSeveralCalls) {
    quiet_call();
    for (const auto* name : {"a", "b", "c"}) exchange.put(name, "1");
    let_pass(150);
    EXPECT_EQ(call().value().puts.size(), 2U);
    answer(2, {}, {});
    let_pass(0);
    EXPECT_EQ(call().value().puts, (Puts{{"c", "1"}}));
}

TEST_F(NoteExchangeTest, WhatIsPutDuringACallGoesWithTheNext) {
    exchange.put("a", "1");
    ASSERT_TRUE(call());
    answer(0, {}, {});
    let_pass(0);
    EXPECT_EQ(call().value().puts, (Puts{{"a", "1"}}));
    exchange.put("a", "2");
    answer(1, {}, {});
    let_pass(0);
    EXPECT_EQ(call().value().puts, (Puts{{"a", "2"}}));
}

TEST_F(NoteExchangeTest, TellsWhatOthersSayAndWithdraw) {
    ASSERT_TRUE(call());
    answer(2, {note("m.1", "a", "1"), note("m.1", "b")}, {"m.1"});
    EXPECT_EQ(told(), (std::vector{note("m", "a", "1")})) << "b was never heard of";
    let_pass(150);
    EXPECT_EQ(call().value().after, 2U);
    answer(3, {note("m.1", "a")}, {"m.1"});
    EXPECT_EQ(told(), (std::vector{note("m", "a")}));
}

TEST_F(NoteExchangeTest, ANodeThatIsGoneHasWithdrawnEverythingOnce) {
    ASSERT_TRUE(call());
    answer(2, {note("m.1", "a", "1"), note("k.1", "b", "1")}, {"m.1", "k.1"});
    told();
    let_pass(150);
    quiet_call(2, {"k.1"});
    EXPECT_EQ(told(), (std::vector{note("m", "a")}));
    let_pass(150);
    quiet_call(2, {"k.1"});
    EXPECT_TRUE(told().empty());
}

TEST_F(NoteExchangeTest, BeginsAnotherLifeWhenRedisForgotTheFormer) {
    exchange.put("a", "1");
    quiet_call();
    let_pass(0);
    quiet_call(1);
    let_pass(150);
    ASSERT_TRUE(call());
    exchange.must_begin();
    const auto again = call().value();
    EXPECT_TRUE(again.begins);
    EXPECT_EQ(again.life, "n.2");
    EXPECT_EQ(again.puts, (Puts{{"a", "1"}}));
}

TEST_F(NoteExchangeTest, WhatACallThatGotLostSaidIsSaidAgain) {
    quiet_call();
    exchange.put("a", "1");
    exchange.put("b", "1");
    let_pass(150);
    ASSERT_TRUE(call());
    exchange.put("a", std::nullopt);
    exchange.disconnected();
    answer(9, {}, {});
    exchange.connected("redis 1");
    let_pass(0);
    const auto again = call().value();
    EXPECT_EQ(again.life, "n.1");
    EXPECT_EQ(again.puts, (Puts{{"a", std::nullopt}, {"b", "1"}}));
}

TEST_F(NoteExchangeTest, AnotherRedisIsToldEverythingAndReadFromTheBeginning) {
    exchange.put("a", "1");
    quiet_call();
    let_pass(0);
    ASSERT_TRUE(call());
    answer(
        3, {note("m.1", "x", "1"), note("m.1", "y", "1"), note("k.1", "z", "1")}, {"m.1", "k.1"});
    told();
    exchange.disconnected();
    exchange.connected("redis 2");
    let_pass(0);
    const auto first = call().value();
    EXPECT_EQ(first.life, "n.2");
    EXPECT_EQ(first.after, 0U);
    EXPECT_EQ(first.puts, (Puts{{"a", "1"}}));
    answer(1, {note("m.1", "x", "1")}, {"m.1"});
    EXPECT_EQ(told(), (std::vector{note("m", "x", "1"), note("k", "z"), note("m", "y")}));
}

TEST_F(NoteExchangeTest, AReadingInSlicesWithdrawsNothingBeforeItsEnd) {
    ASSERT_TRUE(call());
    answer(2, {note("m.1", "x", "1"), note("m.1", "y", "1")}, {"m.1"});
    told();
    exchange.disconnected();
    exchange.connected("redis 2");
    let_pass(0);
    ASSERT_TRUE(call());
    exchange.answered({2, 1, {"m.1"}, {note("m.1", "y", "1")}});
    EXPECT_EQ(told(), (std::vector{note("m", "y", "1")}));
    let_pass(0);
    EXPECT_EQ(call().value().after, 1U);
    answer(2, {}, {"m.1"});
    EXPECT_EQ(told(), (std::vector{note("m", "x")}));
}

TEST_F(NoteExchangeTest, WhatIsSaidAgainInAnotherLifeWasNotWithdrawn) {
    ASSERT_TRUE(call());
    answer(2, {note("m.9", "x", "1"), note("m.9", "y", "1")}, {"m.9"});
    told();
    let_pass(150);
    ASSERT_TRUE(call());
    answer(3, {note("m.10", "x", "2")}, {"m.10"});
    EXPECT_EQ(told(), (std::vector{note("m", "x", "2"), note("m", "y")}));
    let_pass(150);
    ASSERT_TRUE(call());
    answer(3, {}, {});
    EXPECT_EQ(told(), (std::vector{note("m", "x")}));
}

TEST_F(NoteExchangeTest, ARedisThatWasEmptiedIsToldEverything) {
    exchange.put("a", "1");
    quiet_call();
    let_pass(0);
    quiet_call(5);
    let_pass(150);
    ASSERT_TRUE(call());
    answer(0, {}, {});
    const auto again = call().value();
    EXPECT_EQ(again.after, 0U);
    EXPECT_TRUE(again.begins);
    EXPECT_EQ(again.puts, (Puts{{"a", "1"}}));
}

TEST_F(NoteExchangeTest, ReadsAllAgainAfterALongSilence) {
    quiet_call(5);
    exchange.disconnected();
    let_pass(29'999);
    exchange.connected("redis 1");
    let_pass(0);
    EXPECT_EQ(call().value().after, 5U);
    exchange.disconnected();
    exchange.connected("redis 1");
    let_pass(1);
    EXPECT_EQ(call().value().after, 0U);
}

TEST_F(NoteExchangeTest, WithoutRedisOthersAreWithdrawnAfterTheLease) {
    ASSERT_TRUE(call());
    answer(1, {note("m.1", "a", "1")}, {"m.1"});
    told();
    exchange.disconnected();
    let_pass(4'999);
    EXPECT_TRUE(told().empty());
    let_pass(1);
    EXPECT_EQ(told(), (std::vector{note("m", "a")}));
    exchange.connected("redis 1");
    let_pass(0);
    EXPECT_EQ(call().value().after, 0U);
    answer(1, {note("m.1", "a", "1")}, {"m.1"});
    EXPECT_EQ(told(), (std::vector{note("m", "a", "1")}));
}

TEST_F(NoteExchangeTest, SaysGoodByeOnceItHasBegun) {
    exchange.leave();
    EXPECT_FALSE(call().value().leaves) << "the call from before";
    NoteExchange other{{.node = "o"}};
    other.connected("redis 1");
    other.tick(time);
    other.take_actions();
    other.answered({0, 0, {}, {}});
    other.leave();
    const auto actions = other.take_actions();
    ASSERT_EQ(actions.size(), 1U);
    EXPECT_TRUE(std::get<ExchangeNotes>(actions[0]).leaves);
    other.tick(time + Milliseconds(10'000));
    EXPECT_TRUE(other.take_actions().empty());
}

}  // namespace
}  // namespace rotacast::cluster
