#include "cluster/fact_exchange.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace rotacast::cluster {
namespace {

store::Fact fact(const std::string& key) {
    return {"user", key, {{"role", 1, "rn"}}};
}

/// One exchange, driven by hand. The answers are what a test says.
class FactExchangeTest : public testing::Test {
  protected:
    FactExchangeTest() {
        exchange.connected("life 1");
        let_pass(0);
    }

    void let_pass(int ms) { exchange.tick(time += Milliseconds(ms)); }

    /// The one action that is wanted now, if it is of this kind.
    template <class Kind>
    std::optional<Kind> wanted() {
        auto actions = exchange.take_actions();
        if (actions.size() != 1 || !std::holds_alternative<Kind>(actions[0])) return std::nullopt;
        return std::get<Kind>(std::move(actions[0]));
    }
    bool wants_nothing() { return exchange.take_actions().empty(); }

    /// A whole round: what this node has after `put`, what Redis has after `read`.
    void round(std::int64_t put, std::uint64_t read) {
        ASSERT_TRUE(wanted<ReadFacts>());
        exchange.local_read({{}, put, false});
        ASSERT_TRUE(wanted<ExchangeFacts>());
        exchange.answered({read, read, {}});
        ASSERT_TRUE(wanted<MergeFacts>());
        exchange.merged();
    }

    FactExchange exchange{{.changes_max = 10, .facts_max = 5}};
    Milliseconds time{0};
};

TEST_F(FactExchangeTest, PutsAllThatItHasAndReadsAll) {
    EXPECT_EQ(wanted<ReadFacts>().value().after, 0);
    exchange.local_read({{fact("ann")}, 7, false});
    const auto call = wanted<ExchangeFacts>().value();
    EXPECT_EQ(call.after, 0U);
    EXPECT_EQ(call.facts_max, 5U);
    EXPECT_EQ(call.facts, std::vector{fact("ann")});
    exchange.answered({9, 9, {fact("bob")}});
    EXPECT_EQ(wanted<MergeFacts>().value().facts, std::vector{fact("bob")});
    EXPECT_FALSE(exchange.caught_up());
    exchange.merged();
    EXPECT_TRUE(exchange.caught_up());
    EXPECT_TRUE(wants_nothing());
}

TEST_F(FactExchangeTest, ThenAsksForWhatIsNewFromTimeToTime) {
    round(7, 9);
    let_pass(199);
    EXPECT_TRUE(wants_nothing());
    let_pass(1);
    EXPECT_EQ(wanted<ReadFacts>().value().after, 7);
    exchange.local_read({{}, 7, false});
    EXPECT_EQ(wanted<ExchangeFacts>().value().after, 9U);
}

TEST_F(FactExchangeTest, GoesOnAtOnceWhileThereIsMore) {
    ASSERT_TRUE(wanted<ReadFacts>());
    exchange.local_read({{}, 10, true});
    ASSERT_TRUE(wanted<ExchangeFacts>());
    exchange.answered({20, 5, {}});
    ASSERT_TRUE(wanted<MergeFacts>());
    exchange.merged();
    EXPECT_FALSE(exchange.caught_up());
    EXPECT_EQ(wanted<ReadFacts>().value().after, 10);
    exchange.local_read({{}, 12, false});
    EXPECT_EQ(wanted<ExchangeFacts>().value().after, 5U);
    exchange.answered({20, 20, {}});
    ASSERT_TRUE(wanted<MergeFacts>());
    exchange.merged();
    EXPECT_TRUE(exchange.caught_up());
}

TEST_F(FactExchangeTest, TheSameRedisHasWhatItHad) {
    round(7, 9);
    exchange.disconnected();
    EXPECT_FALSE(exchange.caught_up());
    exchange.connected("life 1");
    let_pass(0);
    EXPECT_EQ(wanted<ReadFacts>().value().after, 7);
    exchange.local_read({{}, 8, false});
    EXPECT_EQ(wanted<ExchangeFacts>().value().after, 9U);
}

TEST_F(FactExchangeTest, AnotherRedisIsGivenEverythingAndReadFromTheBeginning) {
    round(7, 9);
    exchange.disconnected();
    exchange.connected("life 2");
    let_pass(0);
    EXPECT_EQ(wanted<ReadFacts>().value().after, 0);
    exchange.local_read({{}, 8, false});
    EXPECT_EQ(wanted<ExchangeFacts>().value().after, 0U);
}

TEST_F(FactExchangeTest, ARedisThatWasLeftBeforeItHadEverythingIsGivenEverythingAgain) {
    ASSERT_TRUE(wanted<ReadFacts>());
    exchange.local_read({{}, 10, true});
    ASSERT_TRUE(wanted<ExchangeFacts>());
    exchange.answered({0, 0, {}});
    ASSERT_TRUE(wanted<MergeFacts>());
    exchange.merged();
    ASSERT_TRUE(wanted<ReadFacts>());
    exchange.disconnected();
    exchange.connected("life 1");
    let_pass(0);
    EXPECT_EQ(wanted<ReadFacts>().value().after, 0);
}

TEST_F(FactExchangeTest, ARedisThatWasEmptiedIsGivenEverything) {
    round(7, 9);
    let_pass(200);
    ASSERT_TRUE(wanted<ReadFacts>());
    exchange.local_read({{}, 7, false});
    ASSERT_TRUE(wanted<ExchangeFacts>());
    exchange.answered({0, 0, {}});
    EXPECT_FALSE(exchange.caught_up());
    EXPECT_EQ(wanted<ReadFacts>().value().after, 0);
    exchange.local_read({{}, 7, false});
    EXPECT_EQ(wanted<ExchangeFacts>().value().after, 0U);
}

TEST_F(FactExchangeTest, WhatCouldNotBeStoredIsReadAgain) {
    ASSERT_TRUE(wanted<ReadFacts>());
    exchange.local_read({{}, 7, false});
    ASSERT_TRUE(wanted<ExchangeFacts>());
    exchange.answered({9, 9, {}});
    ASSERT_TRUE(wanted<MergeFacts>());
    exchange.local_failed();
    EXPECT_FALSE(exchange.caught_up());
    let_pass(999);
    EXPECT_TRUE(wants_nothing());
    let_pass(1);
    EXPECT_EQ(wanted<ReadFacts>().value().after, 0);
    exchange.local_read({{}, 7, false});
    EXPECT_EQ(wanted<ExchangeFacts>().value().after, 0U);
}

TEST_F(FactExchangeTest, AnswersThatNobodyWaitsForAreIgnored) {
    ASSERT_TRUE(wanted<ReadFacts>());
    exchange.answered({9, 9, {}});
    exchange.merged();
    EXPECT_TRUE(wants_nothing());
    exchange.disconnected();
    exchange.local_read({{}, 7, false});
    exchange.local_failed();
    let_pass(5'000);
    EXPECT_TRUE(wants_nothing());
    EXPECT_FALSE(exchange.caught_up());
}

}  // namespace
}  // namespace rotacast::cluster
