#include "cluster/duty_division.hpp"

#include <gtest/gtest.h>

namespace rotacast::cluster {
namespace {

using namespace std::chrono_literals;

/// What a division does, in words.
struct DutyDivisionTest : testing::Test {
    std::vector<std::string> done() {
        std::vector<std::string> words;
        for (const auto& action : division.take_actions())
            std::visit([&](const auto& one) { words.push_back(in_words(one)); }, action);
        return words;
    }
    static std::string in_words(const HoldDuties& call) {
        std::string words = "ask";
        for (const auto& claim : call.claims)
            words += ' ' + claim.subscriber + ':' + std::to_string(claim.fence) +
                     (claim.release  ? ":release"
                      : claim.forget ? ":forget"
                                     : "");
        return words;
    }
    template <class Action>
    static std::string in_words(const char* verb, const Action& action) {
        return verb + action.subscriber + ':' + std::to_string(action.fence);
    }
    static std::string in_words(const ReadCopy& action) { return in_words("read ", action); }
    static std::string in_words(const TakeOver& action) {
        return in_words("take over ", action) + (action.copy ? " with copy" : "");
    }
    static std::string in_words(const ReadWhole& action) { return in_words("read all ", action); }
    static std::string in_words(const WriteCopy& action) {
        return in_words("write ", action) + ' ' + action.part.record.value_or("");
    }
    using Words = std::vector<std::string>;

    void tick(Milliseconds now) { division.tick(now, wanted); }
    void answer(DutyState state, std::uint64_t fence = 0, bool flag = false) {
        division.answered({{"mailer", state, fence, flag, "node-b"}});
    }
    /// Takes the duty, without a copy in Redis.
    void hold() {
        division.connected("redis1");
        tick(1'000ms);
        (void)done();
        answer(DutyState::taken, 7);
        division.taken_over("mailer", 7, true);
        division.whole_read("mailer", 7, store::SubscriberCopy{"p0", {}});
        division.written("mailer", 7, true);
        (void)done();
    }
    std::optional<Milliseconds> held_until() const {
        const auto held = division.held();
        const auto found = held.find("mailer");
        return found == held.end() ? std::nullopt : std::optional(found->second);
    }

    std::set<std::string> wanted{"mailer"};
    DutyDivision division{{}};
};

TEST_F(DutyDivisionTest, TakesAFreeDutyWithItsCopyAndThenRunsIt) {
    tick(10ms);
    EXPECT_EQ(done(), Words{}) << "offline";
    division.connected("redis1");
    tick(1'000ms);
    EXPECT_EQ(done(), Words{"ask mailer:0"});
    answer(DutyState::taken, 7, true);
    EXPECT_EQ(done(), Words{"read mailer:7"});
    EXPECT_EQ(held_until(), std::nullopt);
    division.copy_read("mailer", 7, std::make_shared<store::SubscriberCopy>());
    EXPECT_EQ(done(), Words{"take over mailer:7 with copy"});
    division.taken_over("mailer", 7, false);
    tick(1'040ms);
    EXPECT_EQ(done(), Words{}) << "pause";
    tick(1'050ms);
    EXPECT_EQ(done(), Words{"take over mailer:7 with copy"});
    division.taken_over("mailer", 7, true);
    EXPECT_EQ(done(), Words{}) << "Redis has the copy already";
    EXPECT_EQ(held_until(), 3'500ms) << "asked at 1,000, lease 3,000, margin 500";
}

TEST_F(DutyDivisionTest, WithoutACopyItWritesOne) {
    division.connected("redis1");
    tick(1'000ms);
    (void)done();
    answer(DutyState::taken, 1, false);
    EXPECT_EQ(done(), Words{"take over mailer:1"});
    division.taken_over("mailer", 1, true);
    EXPECT_EQ(done(), Words{"read all mailer:1"});
    division.whole_read("mailer", 1, store::SubscriberCopy{"p", {}});
    EXPECT_EQ(done(), Words{"write mailer:1 p"});
}

TEST_F(DutyDivisionTest, ProlongsFromWhenItAsked) {
    hold();
    tick(1'500ms);
    EXPECT_EQ(done(), Words{"ask mailer:7"});
    tick(2'400ms);
    EXPECT_EQ(done(), Words{}) << "one question at a time";
    answer(DutyState::held, 7);
    EXPECT_EQ(held_until(), 4'000ms);
}

TEST_F(DutyDivisionTest, KeepsTheCopyUpToDate) {
    hold();
    division.changed({{{"mailer", "p1", {}}, {"other", "p9", {}}}});
    EXPECT_EQ(done(), Words{"write mailer:7 p1"});
    division.changed({{{"mailer", "p2", {}}}});
    EXPECT_EQ(done(), Words{});
    division.written("mailer", 7, true);
    EXPECT_EQ(done(), Words{"write mailer:7 p2"});
}

TEST_F(DutyDivisionTest, WritesEverythingAgainToAnotherRedisOrAfterAFailedCommit) {
    hold();
    division.disconnected();
    division.connected("redis1");
    EXPECT_EQ(done(), Words{});
    tick(1'100ms);
    EXPECT_EQ(done(), Words{"ask mailer:7"}) << "the same Redis has it";
    division.disconnected();
    division.connected("redis2");
    tick(1'200ms);
    EXPECT_EQ(done(), (Words{"ask mailer:7", "read all mailer:7"}));
    answer(DutyState::held, 7, true);
    EXPECT_EQ(done(), Words{"read all mailer:7"});
    division.whole_read("mailer", 7, store::SubscriberCopy{"p", {}});
    division.written("mailer", 7, true);
    (void)done();
    division.changed(std::nullopt);
    EXPECT_EQ(done(), Words{"read all mailer:7"});
}

TEST_F(DutyDivisionTest, ChangesWithoutRedisAreThereAfterwards) {
    hold();
    division.disconnected();
    division.changed({{{"mailer", "p1", {}}}});
    EXPECT_EQ(done(), Words{});
    division.connected("redis1");
    tick(1'100ms);
    EXPECT_EQ(done(), (Words{"ask mailer:7", "write mailer:7 p1"}));
}

TEST_F(DutyDivisionTest, LosesItToAnother) {
    hold();
    tick(1'500ms);
    answer(DutyState::lost);
    EXPECT_EQ(held_until(), std::nullopt);
    EXPECT_EQ(division.others().at("mailer"), "node-b");
    (void)done();
    division.running({"mailer"});
    tick(2'000ms);
    EXPECT_EQ(done(), Words{}) << "its attempts still run here";
    division.running({});
    tick(2'500ms);
    EXPECT_EQ(done(), Words{"ask mailer:0"});
}

TEST_F(DutyDivisionTest, ARefusedWriteDoesNotSayWhoHasTheDuty) {
    hold();
    division.changed({{{"mailer", "p1", {}}}});
    (void)done();
    division.written("mailer", 7, false);
    EXPECT_EQ(done(), Words{});
    EXPECT_NE(held_until(), std::nullopt);
    tick(1'020ms);
    EXPECT_EQ(done(), (Words{"ask mailer:7", "read all mailer:7"}));
    answer(DutyState::lost);
    EXPECT_EQ(held_until(), std::nullopt);
}

TEST_F(DutyDivisionTest, WhatWasNotTakenOverYetIsReadAgainAfterABrokenConnection) {
    division.connected("redis1");
    tick(1'000ms);
    answer(DutyState::taken, 7, true);
    division.disconnected();
    division.copy_read("mailer", 7, nullptr);
    division.connected("redis1");
    (void)done();
    tick(1'500ms);
    EXPECT_EQ(done(), Words{"ask mailer:0"});
}

TEST_F(DutyDivisionTest, ReleasesWhatNobodyWantsWhenNothingRunsAndTheCopyIsThere) {
    hold();
    division.running({"mailer"});
    wanted.clear();
    tick(1'500ms);
    EXPECT_EQ(done(), Words{"ask mailer:7"});
    answer(DutyState::held, 7);
    division.changed({{{"mailer", "p1", {}}}});
    division.running({});
    tick(2'000ms);
    EXPECT_EQ(done(), (Words{"write mailer:7 p1", "ask mailer:7"}));
    answer(DutyState::held, 7);
    division.written("mailer", 7, true);
    tick(3'999ms);
    EXPECT_EQ(done(), Words{"ask mailer:7"}) << "it may come back, or be deleted";
    answer(DutyState::held, 7);
    tick(4'499ms);
    EXPECT_EQ(done(), Words{"ask mailer:7:release"});
    answer(DutyState::released);
    EXPECT_TRUE(division.has_none());
}

TEST_F(DutyDivisionTest, DoesNotTakeADutyBeforeTheFormerSubscribersCopyIsDeleted) {
    division.connected("redis1");
    division.forget("mailer");
    tick(1'000ms);
    EXPECT_EQ(done(), Words{"ask mailer:0:forget"});
    answer(DutyState::forgotten);
    tick(1'000ms);
    EXPECT_EQ(done(), Words{"ask mailer:0"});
    answer(DutyState::taken, 7);
    (void)done();
    division.forget("mailer");
    tick(1'500ms);
    EXPECT_EQ(done(), Words{"ask mailer:7"}) << "its file tells of the removal";
}

TEST_F(DutyDivisionTest, AnotherNodeDeletesTheCopyThatItKeeps) {
    division.connected("redis1");
    division.forget("mailer");
    wanted.clear();
    tick(1'000ms);
    (void)done();
    answer(DutyState::other);
    tick(1'500ms);
    EXPECT_EQ(done(), Words{});
}

TEST_F(DutyDivisionTest, LeavesAtOnceAndTakesNothingMore) {
    hold();
    tick(1'500ms);
    answer(DutyState::held, 7);
    (void)done();
    division.leave();
    tick(1'520ms);
    EXPECT_EQ(done(), Words{"ask mailer:7:release"});
    answer(DutyState::released);
    tick(9'000ms);
    EXPECT_EQ(done(), Words{});
}

TEST_F(DutyDivisionTest, AsksAgainSoonWhileADutyIsFree) {
    division.connected("redis1");
    tick(1'000ms);
    answer(DutyState::free);
    (void)done();
    tick(1'099ms);
    EXPECT_EQ(done(), Words{});
    tick(1'100ms);
    EXPECT_EQ(done(), Words{"ask mailer:0"});
}

}  // namespace
}  // namespace rotacast::cluster
