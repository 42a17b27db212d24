#include "presence/presence.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rotacast::presence {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

const std::chrono::steady_clock::time_point start{1h};
const Timestamp wall_start = *parse_timestamp("2026-11-23T16:00:00Z");

Moment at(milliseconds since_start) {
    return {start + since_start, wall_start + since_start};
}

Uuid id(std::uint8_t number) {
    Uuid uuid;
    uuid.bytes[15] = number;
    return uuid;
}

std::string numbers(const std::vector<Uuid>& ids) {
    std::string out;
    for (const auto& one : ids) out += ' ' + std::to_string(one.bytes[15]);
    return out;
}

// One line per change: `1 online page | at | joined | left`, with a star if everybody is told.
std::string text(const PresenceChange& change) {
    return std::to_string(change.user.bytes[15]) + ' ' + std::string(to_string(change.status)) +
           ' ' + change.active_page.value_or("-") + (change.seen_by_everybody ? "*" : "") + " |" +
           numbers(change.schedules) + " |" + numbers(change.joined) + " |" + numbers(change.left);
}

std::string text(const Presence& presence) {
    return std::to_string(presence.user.bytes[15]) + ' ' + std::string(to_string(presence.status)) +
           ' ' + presence.active_page.value_or("-");
}

const Uuid ann = id(1);
const Uuid bob = id(2);
const Uuid tab = id(101);
const Uuid other_tab = id(102);
const Uuid new_tab = id(103);
const Uuid icu = id(11);
const Uuid ward = id(12);

// Grace 10 s, lease 45 s; times in milliseconds since the start.
class PresenceTest : public testing::Test {
  protected:
    std::string set(const Uuid& user,
                    const Uuid& connection,
                    PresenceStatement says,
                    milliseconds when) {
        const auto change = state.set(user, connection, std::move(says), at(when));
        return change ? text(*change) : "";
    }
    std::string tick(milliseconds when) {
        std::string out;
        for (const auto& change : state.tick(at(when))) out += text(change) + '\n';
        return out;
    }
    std::string roster(std::vector<Uuid> schedules, std::size_t people_max = 100) {
        std::string out;
        const auto answer = state.roster(schedules, people_max);
        for (const auto& person : answer.people) out += text(person) + '\n';
        return out + (answer.complete ? "" : "…");
    }

    static PresenceStatement online(std::string page = "p", std::vector<Uuid> schedules = {}) {
        return {false, std::move(page), std::move(schedules)};
    }
    static PresenceStatement away(std::string page = "p", std::vector<Uuid> schedules = {}) {
        return {true, std::move(page), std::move(schedules)};
    }

    PresenceState state{PresenceOptions{}};
};

TEST_F(PresenceTest, ReportsAnArrivalAndNothingForARepeatedStatement) {
    EXPECT_EQ(set(ann, tab, online("p", {icu}), 0s), "1 online p* | 11 | 11 |");
    EXPECT_EQ(set(ann, tab, online("p", {icu}), 1s), "");
    EXPECT_EQ(set(ann, tab, online("q", {icu}), 2s), "1 online q* | 11 | |");
    EXPECT_EQ(set(ann, tab, {false, {}, {icu}}, 3s), "1 online -* | 11 | |");
    EXPECT_EQ(set(ann, tab, away("q", {icu}), 4s), "1 away q* | 11 | |");
}

TEST_F(PresenceTest, TreatsTwoTabsAsOnePerson) {
    set(ann, tab, online("p"), 0s);
    EXPECT_EQ(set(ann, other_tab, online("p"), 1s), "");
    EXPECT_EQ(roster({}), "1 online p\n");
    state.gone(tab, at(2s));
    EXPECT_EQ(tick(30s), "");
    EXPECT_EQ(state.connections(), 1u);
    EXPECT_EQ(roster({}), "1 online p\n");
}

TEST_F(PresenceTest, IsAwayOnlyWhenAllTabsAre) {
    set(ann, tab, online(), 0s);
    EXPECT_EQ(set(ann, other_tab, away(), 0s), "");
    EXPECT_EQ(set(ann, tab, away(), 1s), "1 away p* | | |");
    EXPECT_EQ(set(ann, other_tab, online(), 2s), "1 online p* | | |");
}

TEST_F(PresenceTest, ShowsThePageOfTheLatestStatement) {
    set(ann, tab, online("p"), 0s);
    EXPECT_EQ(set(ann, other_tab, online("q"), 1s), "1 online q* | | |");
    EXPECT_EQ(set(ann, tab, online("p"), 2s), "1 online p* | | |");
    state.gone(tab, at(3s));
    EXPECT_EQ(tick(13s), "1 online q* | | |\n");
}

TEST_F(PresenceTest, LeavesExactlyWhenTheGraceTimeEnds) {
    set(ann, tab, online("p", {icu}), 0s);
    state.heard(tab, at(4s));
    state.gone(tab, at(5s));
    EXPECT_EQ(tick(14'999ms), "");
    EXPECT_EQ(roster({icu}), "1 online p\n");
    const auto changes = state.tick(at(15s));
    ASSERT_EQ(changes.size(), 1u);
    EXPECT_EQ(text(changes[0]), "1 offline -* | | | 11");
    EXPECT_EQ(changes[0].last_seen, wall_start + 4s);
    EXPECT_EQ(state.people(), 0u);
    EXPECT_EQ(state.connections(), 0u);
    EXPECT_EQ(roster({icu}), "");
}

TEST_F(PresenceTest, DoesNotFlickerOnAReload) {
    set(ann, tab, online("p", {icu}), 0s);
    state.gone(tab, at(1s));
    EXPECT_EQ(set(ann, new_tab, online("p", {icu}), 2s), "");
    EXPECT_EQ(tick(30s), "");
    EXPECT_EQ(roster({icu}), "1 online p\n");
    EXPECT_EQ(state.connections(), 1u);
}

TEST_F(PresenceTest, DoesNotFlickerWhenTheOneTabInFrontIsReloaded) {
    set(ann, other_tab, away("q", {ward}), 0s);
    set(ann, tab, online("p", {icu}), 1s);
    state.gone(tab, at(2s));
    EXPECT_EQ(set(ann, new_tab, online("p", {icu}), 3s), "");
    EXPECT_EQ(tick(30s), "");
}

TEST_F(PresenceTest, DoesNotFlickerWhenAllTabsComeBackInAnyOrder) {
    set(ann, other_tab, away("q", {ward}), 0s);
    set(ann, tab, online("p", {icu}), 1s);
    state.gone(tab, at(2s));
    state.gone(other_tab, at(2s));
    EXPECT_EQ(set(ann, id(104), online("p", {icu}), 3s), "");
    EXPECT_EQ(set(ann, id(105), away("q", {ward}), 4s), "");
    EXPECT_EQ(tick(30s), "");
    EXPECT_EQ(state.connections(), 2u);
}

TEST_F(PresenceTest, AcceptsANewStatementFromAReloadedTab) {
    set(ann, tab, online("p", {icu}), 0s);
    state.gone(tab, at(1s));
    EXPECT_EQ(set(ann, new_tab, away("q", {ward}), 2s), "1 away q* | 12 | 12 | 11");
}

TEST_F(PresenceTest, ReconnectsDoNotIncreaseMemory) {
    for (std::uint8_t i = 0; i < 50; ++i) {
        set(ann, id(i), online("p" + std::to_string(i)), 1s);
        state.gone(id(i), at(1s));
    }
    EXPECT_EQ(state.connections(), 1u);
    EXPECT_EQ(tick(11s), "1 offline -* | | |\n");
}

TEST_F(PresenceTest, AKilledClientLeavesAfterLeaseAndGrace) {
    set(ann, tab, online(), 0s);
    state.heard(tab, at(20s));
    for (const auto when : {45s, 64s, 65s, 74s}) EXPECT_EQ(tick(when), "") << when.count();
    EXPECT_EQ(tick(74'999ms), "");
    EXPECT_EQ(tick(75s), "1 offline -* | | |\n");
}

TEST_F(PresenceTest, LeavesInOneTickWhenTicksWereMissed) {
    set(ann, tab, online(), 0s);
    EXPECT_EQ(tick(54'999ms), "");
    set(bob, other_tab, online(), 55s);
    EXPECT_EQ(tick(10min), "1 offline -* | | |\n2 offline -* | | |\n");
}

TEST_F(PresenceTest, HandlesManyDeadlinesInSlices) {
    for (std::uint8_t i = 0; i < 5; ++i) {
        set(id(i), id(static_cast<std::uint8_t>(100 + i)), online(), 0s);
        state.gone(id(static_cast<std::uint8_t>(100 + i)), at(0s));
    }
    EXPECT_FALSE(state.is_due(at(9'999ms)));
    EXPECT_EQ(state.tick(at(10s), 3).size(), 3u);
    EXPECT_TRUE(state.is_due(at(10s)));
    EXPECT_EQ(state.tick(at(10s), 3).size(), 2u);
    EXPECT_FALSE(state.is_due(at(10s)));
}

TEST_F(PresenceTest, GraceStartsAtTheEndOfTheLeaseForAKilledConnectionThatIsClosedLate) {
    set(ann, tab, online(), 0s);
    tick(46s);
    state.gone(tab, at(50s));
    state.gone(tab, at(54s));
    EXPECT_EQ(tick(54'999ms), "");
    EXPECT_EQ(tick(55s), "1 offline -* | | |\n");
}

TEST_F(PresenceTest, IsPresentAgainWhenHeardWithinTheGrace) {
    set(ann, tab, online(), 0s);
    tick(46s);
    state.heard(tab, at(50s));
    EXPECT_EQ(tick(104s), "");
    EXPECT_EQ(tick(105s), "1 offline -* | | |\n");
}

TEST_F(PresenceTest, HeardAfterGoneChangesNothing) {
    set(ann, tab, online(), 0s);
    state.gone(tab, at(1s));
    state.heard(tab, at(5s));
    EXPECT_EQ(tick(11s), "1 offline -* | | |\n");
    state.heard(tab, at(12s));
    state.gone(tab, at(12s));
    EXPECT_EQ(state.people(), 0u);
}

TEST_F(PresenceTest, KeepsALeaseThatIsShorterThanTheGrace) {
    state = PresenceState({.grace = 100s, .lease = 5s});
    set(ann, tab, online(), 0s);
    tick(6s);
    state.heard(tab, at(7s));
    EXPECT_EQ(tick(111'999ms), "");
    EXPECT_EQ(tick(112s), "1 offline -* | | |\n");
}

TEST_F(PresenceTest, LeavesAtOnceWithoutAGraceTime) {
    state = PresenceState({.grace = 0s, .lease = 5s});
    set(ann, tab, online(), 0s);
    state.gone(tab, at(1s));
    EXPECT_EQ(tick(1s), "1 offline -* | | |\n");
}

TEST_F(PresenceTest, ReportsTheSchedulesOfATab) {
    EXPECT_EQ(set(ann, tab, online("p", {ward, icu, icu}), 0s), "1 online p* | 11 12 | 11 12 |");
    EXPECT_EQ(set(ann, tab, online("p", {ward}), 1s), "1 online p | 12 | | 11");
    EXPECT_EQ(set(ann, other_tab, online("p", {icu, ward}), 2s), "1 online p | 11 12 | 11 |");
    EXPECT_EQ(set(ann, tab, online("p", {}), 3s), "");
    EXPECT_EQ(set(ann, other_tab, away("p", {icu}), 4s), "1 online p | 11 | | 12");
    EXPECT_EQ(roster({ward}), "");
}

TEST_F(PresenceTest, KeepsTheConnectionOfAnotherUserApart) {
    set(ann, tab, online(), 0s);
    EXPECT_EQ(set(bob, tab, away(), 1s), "");
    EXPECT_EQ(roster({}), "1 online p\n");
}

TEST_F(PresenceTest, RosterIsSortedScopedAndBounded) {
    set(bob, tab, online("b", {ward}), 0s);
    set(ann, other_tab, away("a", {icu, ward}), 0s);
    set(id(3), new_tab, online("c"), 0s);
    EXPECT_EQ(roster({}), "1 away a\n2 online b\n3 online c\n");
    EXPECT_EQ(roster({icu}), "1 away a\n");
    EXPECT_EQ(roster({ward}), "1 away a\n2 online b\n");
    EXPECT_EQ(roster({icu, ward}), "1 away a\n2 online b\n");
    EXPECT_EQ(roster({id(99)}), "");
    EXPECT_EQ(roster({}, 2), "1 away a\n2 online b\n…");
    EXPECT_EQ(roster({}, 3), "1 away a\n2 online b\n3 online c\n");
    EXPECT_EQ(roster({ward}, 1), "1 away a\n…");
    EXPECT_EQ(roster({ward}, 2), "1 away a\n2 online b\n");
}

TEST_F(PresenceTest, LastSeenIsWhenAnyTabWasHeard) {
    set(ann, tab, online(), 0s);
    set(ann, other_tab, online(), 1s);
    state.heard(tab, at(7s));
    state.heard(other_tab, at(6s));
    EXPECT_EQ(state.roster({}, 1).people.at(0).last_seen, wall_start + 7s);
}

TEST_F(PresenceTest, CutsStatementsBeyondTheBounds) {
    std::vector<Uuid> many;
    for (std::uint8_t i = 0; i < 40; ++i) many.push_back(id(i));
    const auto change = state.set(ann, tab, online(std::string(127, 'x') + "é", many), at(0s));
    ASSERT_TRUE(change);
    EXPECT_EQ(change->active_page, std::string(127, 'x'));
    EXPECT_EQ(change->schedules.size(), PresenceStatement::schedules_max);
    const auto exact = state.set(ann, tab, online(std::string(126, 'x') + "é"), at(1s));
    EXPECT_EQ(exact->active_page, std::string(126, 'x') + "é");
}

TEST(Presence, HasItsWireFormat) {
    std::string out;
    append_presence_members(out, {ann, PresenceStatus::away, wall_start, "a \"b\""});
    EXPECT_EQ(out,
              R"("user_id":"00000000-0000-0000-0000-000000000001","status":"away",)"
              R"("last_seen":"2026-11-23T16:00:00.000Z","active_page":"a \"b\"")");
    out.clear();
    append_presence_members(out, {ann, PresenceStatus::offline, wall_start, {}});
    EXPECT_TRUE(out.ends_with(R"("active_page":null)")) << out;
}

}  // namespace
}  // namespace rotacast::presence
