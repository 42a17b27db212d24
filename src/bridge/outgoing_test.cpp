#include "bridge/outgoing.hpp"

#include <gtest/gtest.h>

#include <map>

namespace rotacast::bridge {
namespace {

using Next = Outgoing::Next;

bus::JournalState at(std::string epoch, bus::Offset last) {
    bus::JournalState state;
    state.epoch = std::move(epoch);
    state.last = last;
    return state;
}

/// What one node's journal says.
struct Facts {
    bus::JournalState state = at("e1", 0);
    std::map<std::string, bus::Offset> former;

    Outgoing::SharedWith shared_with() const {
        return [this](const std::string& epoch) -> std::optional<bus::Offset> {
            if (epoch == state.epoch) return state.last;
            const auto found = former.find(epoch);
            return found == former.end() ? std::nullopt : std::optional(found->second);
        };
    }
};

class OutgoingTest : public testing::Test {
  protected:
    Next next() { return outgoing.next(facts.state, facts.shared_with()); }
    void stands(bus::Offset offset) { outgoing.take(Stands{offset, 0, ""}); }
    static Prepared up_to(bus::Offset offset) {
        Prepared prepared;
        prepared.up_to = offset;
        return prepared;
    }

    Facts facts;
    Outgoing outgoing{{"e0", 5}};
};

TEST_F(OutgoingTest, AsksWhereTheClusterStandsBeforeItSends) {
    facts.state.last = 9;
    ASSERT_EQ(next(), Next::ask);
    const auto call = outgoing.call();
    EXPECT_EQ(call.epoch, "e1");
    EXPECT_EQ(call.known, std::nullopt);
    EXPECT_EQ(call.up_to, std::nullopt);
    stands(4);
    EXPECT_EQ(next(), Next::send);
    EXPECT_EQ(outgoing.position(), 4U);
}

TEST_F(OutgoingTest, BeginsWhereTheJournalEndedWhenItWasStarted) {
    facts.state.last = 9;
    facts.former["e0"] = 4;
    next();
    EXPECT_EQ(outgoing.call().begin, 4U);
    facts.state = at("x", 9);
    next();
    EXPECT_EQ(outgoing.call().begin, std::nullopt) << "nobody knows where that is";
}

TEST_F(OutgoingTest, OfAnEmptyJournalSendsEverything) {
    outgoing = Outgoing({"of its own", 0});
    facts.state.last = 9;
    next();
    EXPECT_EQ(outgoing.call().begin, 0U);
}

TEST_F(OutgoingTest, SendsUntilTheJournalEnds) {
    facts.state.last = 9;
    next();
    stands(4);
    next();
    const auto call = outgoing.call(up_to(7));
    EXPECT_EQ(call.known, 4U);
    EXPECT_EQ(call.up_to, 7U);
    stands(7);
    EXPECT_EQ(next(), Next::send);
    stands(9);
    EXPECT_EQ(next(), Next::wait);
    facts.state.last = 10;
    EXPECT_EQ(next(), Next::send);
}

TEST_F(OutgoingTest, SkipsWhatAnotherNodeHasSentEvenAheadOfItsJournal) {
    facts.state.last = 9;
    next();
    stands(12);
    EXPECT_EQ(next(), Next::wait);
    facts.state.last = 13;
    EXPECT_EQ(next(), Next::send);
    EXPECT_EQ(outgoing.position(), 12U);
}

TEST_F(OutgoingTest, WaitsWhileTheOrderIsInAnotherEpoch) {
    facts.state.last = 9;
    next();
    outgoing.take(Behind{});
    EXPECT_EQ(next(), Next::pause);
    outgoing.go_on();
    EXPECT_EQ(next(), Next::ask);
    outgoing.take(Behind{});
    facts.state.epoch = "e2";
    EXPECT_EQ(next(), Next::ask) << "the journal has followed";
}

TEST_F(OutgoingTest, GoesBackToWhatTheNewEpochShares) {
    facts.state.last = 9;
    next();
    stands(9);
    facts.state = at("e2", 8);
    facts.former["e1"] = 6;
    EXPECT_EQ(next(), Next::send);
    EXPECT_EQ(outgoing.position(), 6U);
    const auto call = outgoing.call(up_to(8));
    EXPECT_EQ(call.epoch, "e2");
    EXPECT_EQ(call.known, 6U);
}

TEST_F(OutgoingTest, DoesNotGoForwardWithTheNewEpoch) {
    facts.state.last = 9;
    next();
    stands(3);
    facts.state = at("e2", 8);
    facts.former["e1"] = 6;
    next();
    EXPECT_EQ(outgoing.position(), 3U);
}

TEST_F(OutgoingTest, ForgetsAPositionThatTheNewEpochDoesNotKnow) {
    facts.state.last = 9;
    next();
    stands(9);
    facts.state = at("x", 2);
    ASSERT_EQ(next(), Next::ask);
    EXPECT_EQ(outgoing.call().known, std::nullopt);
}

TEST_F(OutgoingTest, TranslatesTheClustersPositionOfAFormerEpochOnce) {
    facts.state = at("e2", 8);
    facts.former["e1"] = 6;
    next();
    outgoing.take(Elsewhere{{"e1", 7}});
    ASSERT_EQ(next(), Next::ask);
    auto call = outgoing.call();
    ASSERT_TRUE(call.translation);
    EXPECT_EQ(call.translation->from, (SentPosition{"e1", 7}));
    EXPECT_EQ(call.translation->to, 6U);
    stands(6);
    EXPECT_EQ(next(), Next::send);
    EXPECT_FALSE(outgoing.call(up_to(8)).translation);
}

TEST_F(OutgoingTest, BeginsWithWhatIsNewIfNobodyCanPlaceThePosition) {
    facts.state = at("e2", 8);
    next();
    outgoing.take(Elsewhere{{"of others", 700}});
    ASSERT_EQ(next(), Next::ask);
    EXPECT_EQ(outgoing.call().translation->to, 8U);
}

TEST_F(OutgoingTest, PausesWhenRedisDoesNotPermitToPublish) {
    facts.state.last = 9;
    next();
    outgoing.take(Stands{4, 0, "NOPERM"});
    EXPECT_EQ(next(), Next::pause);
    outgoing.go_on();
    EXPECT_EQ(next(), Next::send);
    EXPECT_EQ(outgoing.position(), 4U);
}

}  // namespace
}  // namespace rotacast::bridge
