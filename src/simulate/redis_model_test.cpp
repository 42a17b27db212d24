// What the scripts must do, by the reference. The numbers are those of cluster/script_calls.hpp.

#include "simulate/redis_model.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace rotacast::simulate {
namespace {

using namespace cluster;

constexpr Milliseconds start{1'700'000'000'000};

Uuid event_id(std::uint64_t number) {
    Uuid id;
    id.bytes[15] = static_cast<std::uint8_t>(number);
    return id;
}

/// Entry n of the order has event n.
StreamRecord record(Offset offset, std::uint64_t event = 0) {
    if (event == 0) event = offset;
    return {.offset = offset,
            .epoch = "e",
            .event_id = event_id(event),
            .stored_at = {},
            .publisher = "p",
            .envelope = "{}",
            .provenance = "",
            .digest = "d" + std::to_string(event),
            .aggregate = "thing"};
}

OrderRequestPtr request(std::vector<std::uint64_t> events, std::string key = "") {
    auto made = std::make_shared<OrderRequest>();
    made->publisher = "p";
    for (const auto event : events)
        made->events.push_back({event_id(event), "thing", "{}", "", "d" + std::to_string(event)});
    if (!key.empty())
        made->key = RequestKey{key, "same", 0, static_cast<std::uint32_t>(made->events.size())};
    return made;
}

class RedisModelTest : public testing::Test {
  protected:
    HelloCall call(std::string node, std::string epoch, Offset last, FormerEpochs former = {}) {
        HelloCall made{.node = std::move(node),
                       .identity = identity,
                       .epoch = std::move(epoch),
                       .former = std::move(former),
                       .last = last,
                       .shown = last,
                       .heard = Milliseconds(1),
                       .epoch_suffix = "abcdef"};
        for (auto offset = last; offset > 0; --offset)
            made.witnesses.push_back({offset, event_id(offset)});
        return made;
    }
    Joined joined(const HelloCall& hello) {
        const auto answer = redis.hello(hello, now);
        if (const auto* one = std::get_if<Joined>(&answer)) return *one;
        ADD_FAILURE() << "not joined, but " << answer.index();
        return {};
    }
    template <class Answer>
    bool is(const HelloCall& hello) {
        return std::holds_alternative<Answer>(redis.hello(hello, now));
    }
    /// What lies after `last` is restored, each entry with the event of its offset.
    void restore(const std::string& epoch, Offset last, Offset up_to) {
        RestoreCall made{identity, epoch, last, {}};
        for (auto offset = last + 1; offset <= up_to; ++offset)
            made.records.push_back(record(offset));
        EXPECT_TRUE(std::holds_alternative<Restored>(redis.restore(made, now)));
    }
    /// Node `a` is alone, with the entries 1 to `last` of epoch `e`.
    void begin(Offset last) {
        EXPECT_TRUE(is<cluster::Restore>(call("a", "e", last)));
        restore("e", 0, last);
        EXPECT_EQ(joined(call("a", "e", last)).epoch, "e");
    }
    /// Another process takes over with these data.
    void fail_over(RedisData data) {
        redis.data() = std::move(data);
        identity += '\'';
    }
    ItemAnswer append(OrderRequestPtr one, bool answered = false) {
        const auto answer =
            redis.append({identity, redis.data().head->epoch, {{std::move(one), answered}}}, now);
        return std::get<AppendAnswers>(answer).items.front();
    }
    AppendedEvent appended(OrderRequestPtr one) {
        return std::get<Appended>(append(std::move(one))).events.front();
    }

    RedisModel redis;
    std::string identity = "redis 1";
    Milliseconds now = start;
};

TEST_F(RedisModelTest, ANewClusterBeginsAnEpoch) {
    const auto first = joined(call("a", "mine", 0));
    EXPECT_EQ(first.epoch.size(), 18u);
    EXPECT_EQ(first.epoch[0], 'r');
    EXPECT_EQ(first.last, 0u);
    EXPECT_TRUE(first.former.empty());
}

TEST_F(RedisModelTest, AnEpochIsKeptIfEverybodySaidHello) {
    begin(5);
    auto older = redis.data();
    older.stream.resize(3);
    older.head->last = 3;
    fail_over(older);
    EXPECT_TRUE(is<Restore>(call("a", "e", 5)));
    restore("e", 3, 5);
    const auto again = joined(call("a", "e", 5));
    EXPECT_EQ(again.epoch, "e");
    EXPECT_EQ(again.agreed, 5u);
}

TEST_F(RedisModelTest, AMissingNodeIsAwaitedAndThenTheEpochChanges) {
    begin(5);
    redis.data().nodes["b"] = {.position = 5, .seen = now};
    auto data = redis.data();
    fail_over(data);
    EXPECT_TRUE(is<Wait>(call("a", "e", 5)));
    now += Milliseconds(999);
    EXPECT_TRUE(is<Wait>(call("a", "e", 5)));
    now += Milliseconds(1);
    const auto changed = joined(call("a", "e", 5));
    EXPECT_NE(changed.epoch, "e");
    EXPECT_EQ(changed.former, (FormerEpochs{{"e", 5}}));
    EXPECT_EQ(changed.agreed, 5u);

    // The missing one had shown an entry that Redis lost, and has rewound.
    const auto late = joined(call("b", "e", 6));
    EXPECT_EQ(late.epoch, changed.epoch);
    EXPECT_EQ(late.agreed, 5u);
}

TEST_F(RedisModelTest, ANodeIsAwaitedIfOnlyOthersKnowIt) {
    begin(5);
    fail_over({});
    auto knowing = call("a", "e", 5);
    knowing.known = {"b"};
    EXPECT_TRUE(is<Restore>(knowing));
    restore("e", 0, 5);
    EXPECT_TRUE(is<Wait>(knowing));
    EXPECT_TRUE(is<Restore>(call("b", "e", 6)));
    restore("e", 5, 6);
    EXPECT_EQ(joined(call("b", "e", 6)).epoch, "e");
    EXPECT_EQ(joined(knowing).last, 6u);
}

TEST_F(RedisModelTest, OldSilenceIsRelative) {
    begin(5);
    redis.data().nodes["b"] = {.position = 5, .seen = now};
    redis.data().nodes["old"] = {.position = 1, .seen = now - Milliseconds(5'000)};
    auto data = redis.data();
    now += std::chrono::hours(1);
    fail_over(data);
    EXPECT_TRUE(is<Wait>(call("a", "e", 5)));
    EXPECT_EQ(redis.data().awaited, (std::set<std::string>{"a", "b"}));
}

TEST_F(RedisModelTest, WhoForkedUnderOneEpochMakesAnotherOne) {
    begin(5);
    auto forked = call("b", "e", 5);
    forked.witnesses[0].event_id = event_id(99);
    redis.data().nodes["b"] = {.position = 5, .seen = now};
    const auto answer = joined(forked);
    EXPECT_NE(answer.epoch, "e");
    EXPECT_EQ(answer.agreed, 4u);
    EXPECT_EQ(answer.former, (FormerEpochs{{"e", 4}}));
    EXPECT_EQ(answer.began, 5u);
}

TEST_F(RedisModelTest, TheWitnessAtTheStreamsEndIsAskedFor) {
    begin(5);
    auto longer = call("a", "e", 9);
    std::erase_if(longer.witnesses, [](const Witness& one) { return one.offset == 5; });
    const auto answer = redis.hello(longer, now);
    ASSERT_TRUE(std::holds_alternative<Show>(answer));
    EXPECT_EQ(std::get<Show>(answer).offset, 5u);
}

TEST_F(RedisModelTest, TheNewerEpochCountsWhenRedisComesBackOlder) {
    begin(9);
    auto data = redis.data();
    fail_over(data);
    EXPECT_TRUE(is<Wait>(call("b", "e", 9)));
    // Since that snapshot the order went on as `f`, which shares seven entries with `e`.
    auto newer = call("a", "f", 8, {{"e", 7}});
    EXPECT_TRUE(is<Restore>(newer));
    EXPECT_EQ(redis.data().head->last, 0u);
    restore("f", 0, 8);
    const auto answer = joined(newer);
    EXPECT_EQ(answer.epoch, "f");
    EXPECT_EQ(joined(call("b", "e", 9)).agreed, 7u);
}

TEST_F(RedisModelTest, ANodeOfAFormerEpochRestoresWhatBothShare) {
    begin(9);
    fail_over({});
    // It had taken over `f` and lost the connection before it read up to the ninth entry.
    auto behind = call("a", "f", 3, {{"e", 9}});
    behind.known = {"b"};
    EXPECT_TRUE(is<Restore>(behind));
    restore("f", 0, 3);
    EXPECT_TRUE(is<Wait>(behind));
    const auto answer = redis.hello(call("b", "e", 11), now);
    ASSERT_TRUE(std::holds_alternative<Restore>(answer));
    EXPECT_EQ(std::get<Restore>(answer).up_to, 9u);
    restore("f", 3, 9);
    const auto former = joined(call("b", "e", 11));
    EXPECT_EQ(former.epoch, "f");
    EXPECT_EQ(former.agreed, 9u);
}

TEST_F(RedisModelTest,
       AReplicaThatBeginsBehindTheStreamsEndReplacesItWhenNobodyHasWhatLiesBetween) {
    begin(5);
    redis.data().nodes["b"] = {.position = 5, .seen = now};
    auto data = redis.data();
    fail_over(data);
    auto later = call("a", "e", 12);
    later.first = 9;
    later.witnesses.resize(4);
    EXPECT_TRUE(is<Wait>(later));
    EXPECT_TRUE(is<Wait>(call("b", "e", 5)));
    const auto answer = redis.hello(later, now);
    ASSERT_TRUE(std::holds_alternative<Restore>(answer));
    EXPECT_EQ(std::get<Restore>(answer).last, 0u);
    RestoreCall call_made{identity, "e", 0, {}};
    for (Offset offset = 9; offset <= 12; ++offset) call_made.records.push_back(record(offset));
    redis.restore(call_made, now);
    EXPECT_EQ(joined(later).first, 9u);
}

TEST_F(RedisModelTest, ANodeJoinsWhenTheOthersHaveHeardOfIt) {
    begin(5);
    redis.data().nodes["a"].heard = now;
    now += Milliseconds(10);
    EXPECT_TRUE(is<Wait>(call("b", "other", 0)));
    now += Milliseconds(10);
    const auto sign = redis.sign(
        {.identity = identity, .epoch = "e", .node = "a", .position = 5, .heard = start}, now);
    EXPECT_TRUE(std::get<SignSeen>(sign).nodes[1].waits);
    EXPECT_TRUE(is<Wait>(call("b", "other", 0)));
    redis.sign({.identity = identity, .epoch = "e", .node = "a", .position = 5, .heard = now}, now);
    EXPECT_EQ(joined(call("b", "other", 0)).agreed, 0u);
}

TEST_F(RedisModelTest, WhatWasShownAndIsNowhereChangesTheEpoch) {
    begin(5);
    auto put_back = call("a", "e", 3);
    put_back.shown = 7;
    const auto answer = joined(put_back);
    EXPECT_EQ(answer.former, (FormerEpochs{{"e", 5}}));
    EXPECT_EQ(answer.agreed, 3u);
}

TEST_F(RedisModelTest, OnlyTheSettledMayAppend) {
    begin(1);
    const auto refused = [&](std::string with, std::string epoch) {
        return std::holds_alternative<HelloAgain>(
            redis.append({std::move(with), std::move(epoch), {{request({50}), false}}}, now));
    };
    EXPECT_TRUE(refused("another", "e"));
    EXPECT_TRUE(refused(identity, "f"));
    EXPECT_FALSE(refused(identity, "e"));
}

TEST_F(RedisModelTest, AnEventIsAppendedOnce) {
    begin(1);
    EXPECT_EQ(appended(request({50})).offset, 2u);
    const auto again = appended(request({50, 51}));
    EXPECT_TRUE(again.duplicate);
    EXPECT_EQ(again.offset, 2u);
    EXPECT_EQ(redis.data().head->last, 3u);
    auto other = std::make_shared<OrderRequest>(*request({50}));
    other->events[0].digest = "other";
    EXPECT_EQ(std::get<Refused>(append(other)).why, Refused::Why::event_conflict);
}

TEST_F(RedisModelTest, AKeyIsUsedOnce) {
    begin(1);
    EXPECT_EQ(appended(request({50, 51}, "k")).offset, 2u);
    const auto again = appended(request({60, 61}, "k"));
    EXPECT_TRUE(again.duplicate);
    EXPECT_EQ(again.event_id, event_id(50));
    auto other = std::make_shared<OrderRequest>(*request({70}, "k"));
    other->key->digest = "other";
    EXPECT_EQ(std::get<Refused>(append(other)).why, Refused::Why::key_conflict);
    EXPECT_EQ(std::get<Appended>(append(other, true)).events.front().offset, 4u);
}

TEST_F(RedisModelTest, WhatWasRememberedOfLostEntriesDoesNotCount) {
    begin(3);
    appended(request({50}, "k"));
    redis.data().stream.pop_back();
    redis.data().stream.push_back(record(4, 77));  // as after another node's restoring
    EXPECT_FALSE(appended(request({50}, "k")).duplicate);
}

TEST_F(RedisModelTest, AnExpectedVersionIsChecked) {
    begin(3);
    const auto claim = [&](std::uint64_t event, std::optional<Offset> last) {
        auto made = std::make_shared<OrderRequest>(*request({event}));
        made->claims.push_back({0, last});
        return append(made);
    };
    const auto refused = claim(50, 2);
    ASSERT_TRUE(std::holds_alternative<Refused>(refused));
    EXPECT_EQ(std::get<Refused>(refused).actual, 3u);
    EXPECT_TRUE(std::holds_alternative<Refused>(claim(50, std::nullopt)));
    EXPECT_TRUE(std::holds_alternative<Appended>(claim(50, 3)));
    EXPECT_TRUE(std::holds_alternative<Appended>(claim(50, 3))) << "it is stored already";
}

TEST_F(RedisModelTest, TrimmingSparesWhatANodeHasNotRead) {
    begin(9);
    redis.data().nodes["b"] = {.position = 4, .seen = now};
    redis.data().nodes["dead"] = {.position = 1, .seen = now - Milliseconds(5'000)};
    redis.trim({identity, "e", 8}, now);
    EXPECT_EQ(redis.data().head->first, 5u);
    now += Milliseconds(5'000);
    redis.data().nodes["a"].seen = now;
    redis.trim({identity, "e", 8}, now);
    EXPECT_EQ(redis.data().head->first, 8u);
    EXPECT_EQ(redis.read(0, 100).front().offset, 8u);
}

TEST_F(RedisModelTest, WhoLeavesIsNotAwaited) {
    begin(5);
    redis.data().nodes["b"] = {.position = 5, .seen = now};
    redis.sign({.identity = identity, .epoch = "e", .node = "b", .leaving = true}, now);
    EXPECT_FALSE(redis.data().nodes.contains("b"));
}

}  // namespace
}  // namespace rotacast::simulate
