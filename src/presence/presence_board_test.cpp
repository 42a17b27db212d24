#include "presence/presence_board.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <string>

namespace rotacast::presence {
namespace {

using namespace std::chrono_literals;

Moment at(std::chrono::milliseconds since_start) {
    return {std::chrono::steady_clock::time_point(1h) + since_start, Timestamp(1h) + since_start};
}

Uuid id(std::uint8_t number) {
    Uuid uuid;
    uuid.bytes[15] = number;
    return uuid;
}

std::string text(const Presence& presence) {
    return std::to_string(presence.user.bytes[15]) + std::string(to_string(presence.status)) + ' ';
}

const Uuid ann = id(1);
const Uuid bob = id(2);
const Uuid icu = id(11);
const Uuid ward = id(12);
const PresenceStatement online{};
const PresenceStatement away{true, {}, {}};

PresenceStatement online_at(std::vector<Uuid> schedules) {
    return {false, {}, std::move(schedules)};
}

/// Writes the roster in brackets, then the changes it receives.
class Reader final : public PresenceWatcher {
  public:
    void on_presence(const PresenceChange& change) override {
        seen += text(change);
        if (on_told) on_told();
    }
    LoopPresence::OnRoster takes_roster() {
        return [this](PresenceRoster roster) {
            seen += '[';
            for (const auto& person : roster.people) seen += text(person);
            seen += ']';
        };
    }
    std::string seen;
    std::function<void()> on_told;
};

// Three loops driven by hand on the test's thread: posted work runs in settle().
class PresenceBoardTest : public testing::Test {
  protected:
    void on_loop(std::size_t loop, std::function<void(LoopPresence&)> work) {
        boost::asio::post(loops[loop],
                          [this, loop, work = std::move(work)] { work(board.on_loop(loop)); });
    }
    void set(std::size_t loop, const Uuid& user, const Uuid& tab, const PresenceStatement& says) {
        on_loop(loop, [=](LoopPresence& here) { here.set(user, tab, says, at(0s)); });
    }
    void gone(std::size_t loop, const Uuid& tab, std::chrono::seconds when) {
        on_loop(loop, [=](LoopPresence& here) { here.gone(tab, at(when)); });
    }
    void watch(std::size_t loop, Reader& reader, std::vector<Uuid> schedules = {}) {
        on_loop(loop, [&reader, schedules](LoopPresence& here) {
            here.watch(reader, schedules, reader.takes_roster());
        });
    }
    void unwatch(std::size_t loop, Reader& reader) {
        on_loop(loop, [&reader](LoopPresence& here) { here.unwatch(reader); });
    }
    void tick(std::chrono::seconds when) {
        boost::asio::post(loops[0], [this, when] { board.tick(at(when)); });
        settle();
    }
    bool run(std::size_t loop) {
        loops[loop].restart();
        return loops[loop].poll() > 0;
    }
    void settle() {
        for (bool busy = true; busy;) {
            busy = false;
            for (std::size_t i = 0; i < loops.size(); ++i) busy = run(i) || busy;
        }
    }

    std::array<boost::asio::io_context, 3> loops;
    PresenceBoard board{{loops[0].get_executor(), loops[1].get_executor(), loops[2].get_executor()},
                        {}};
};

TEST_F(PresenceBoardTest, TellsWatchersOnEveryLoop) {
    std::array<Reader, 3> readers;
    for (std::size_t i = 0; i < 3; ++i) watch(i, readers[i]);
    settle();
    set(1, ann, id(101), online);
    settle();
    set(2, bob, id(102), away);
    settle();
    gone(1, id(101), 1s);
    settle();
    tick(11s);
    for (const auto& reader : readers) EXPECT_EQ(reader.seen, "[]1online 2away 1offline ");
}

TEST_F(PresenceBoardTest, KnowsOnePersonWithTabsOnSeveralLoops) {
    Reader reader;
    watch(0, reader);
    set(1, ann, id(101), online);
    set(2, ann, id(102), away);
    settle();
    gone(1, id(101), 1s);
    settle();
    tick(11s);
    // Which loop's statement came first is not determined; the final state is.
    EXPECT_TRUE(reader.seen.ends_with("1away ")) << reader.seen;
}

// All orders in which two loops can run around one watch and three changes.
TEST_F(PresenceBoardTest, MissesAndDoublesNothingBetweenRosterAndFirstChange) {
    for (int order = 0; order < 64; ++order) {
        Reader reader;
        const Uuid tab = id(static_cast<std::uint8_t>(100 + order));
        const auto turn = [&](int step) { run((order >> step & 1) == 0 ? 0 : 1); };
        set(0, ann, tab, online);
        turn(0);
        watch(1, reader);
        turn(1);
        set(0, ann, tab, away);
        turn(2);
        turn(3);
        set(0, ann, tab, online);
        turn(4);
        turn(5);
        settle();
        const std::string all = "1online 1away 1online ";
        const auto roster = reader.seen.substr(1, reader.seen.find(']') - 1);
        const auto told = reader.seen.substr(reader.seen.find(']') + 1);
        ASSERT_TRUE(all.ends_with(roster + told)) << order << ' ' << reader.seen;
        ASSERT_NE(roster, "") << order;
        unwatch(1, reader);
        gone(0, tab, 0s);
        settle();
        tick(60s);
    }
}

TEST_F(PresenceBoardTest, TellsWatchersOfASchedule) {
    Reader of_icu;
    Reader of_both;
    Reader of_ward;
    watch(1, of_icu, {icu});
    watch(1, of_both, {ward, icu});
    watch(2, of_ward, {ward});
    settle();
    set(0, ann, id(101), online_at({icu}));
    settle();
    set(0, ann, id(101), online_at({icu, ward}));
    settle();
    set(0, ann, id(101), online_at({ward}));
    settle();
    set(0, ann, id(101), online_at({}));
    settle();
    EXPECT_EQ(of_icu.seen, "[]1online 1offline ");
    EXPECT_EQ(of_both.seen, "[]1online 1offline ");
    EXPECT_EQ(of_ward.seen, "[]1online 1offline ");
}

TEST_F(PresenceBoardTest, TellsAWatcherOfTwoSchedulesOnce) {
    Reader reader;
    watch(1, reader, {icu, ward});
    settle();
    set(0, ann, id(101), online_at({icu, ward}));
    settle();
    gone(0, id(101), 1s);
    settle();
    tick(11s);
    EXPECT_EQ(reader.seen, "[]1online 1offline ");
}

TEST_F(PresenceBoardTest, TellsOnlyWatchersOfSchedulesWhenOnlySchedulesChange) {
    Reader reader;
    watch(1, reader);
    set(0, ann, id(101), online_at({icu}));
    settle();
    reader.seen.clear();
    set(0, ann, id(101), online_at({ward}));
    settle();
    EXPECT_EQ(reader.seen, "");
}

TEST_F(PresenceBoardTest, ASecondWatchReplacesTheFirst) {
    Reader reader;
    set(0, ann, id(101), online_at({icu}));
    settle();
    watch(1, reader);
    watch(1, reader, {ward});
    settle();
    set(0, ann, id(101), {true, {}, {icu}});
    set(0, bob, id(102), online_at({ward}));
    settle();
    EXPECT_EQ(reader.seen, "[1online ][]2online ");
}

TEST_F(PresenceBoardTest, SendsNothingAfterUnwatchEvenBeforeTheRosterArrived) {
    Reader reader;
    watch(1, reader);
    unwatch(1, reader);
    settle();
    set(0, ann, id(101), online);
    settle();
    EXPECT_EQ(reader.seen, "[]");
    watch(1, reader);
    settle();
    unwatch(1, reader);
    unwatch(1, reader);
    set(0, bob, id(102), online);
    settle();
    EXPECT_EQ(reader.seen, "[][1online ]");
}

TEST_F(PresenceBoardTest, LetsWatchersLeaveWhileTheyAreTold) {
    Reader first;
    Reader second;
    const auto leave = [this, &first, &second] {
        board.on_loop(1).unwatch(first);
        board.on_loop(1).unwatch(second);
    };
    first.on_told = leave;
    second.on_told = leave;
    watch(1, first);
    watch(1, second);
    settle();
    set(0, ann, id(101), online);
    settle();
    EXPECT_EQ(first.seen + second.seen, "[]1online []");
}

TEST_F(PresenceBoardTest, RenewsManyLeasesInOneMessage) {
    Reader reader;
    watch(0, reader);
    set(1, ann, id(101), online);
    set(1, bob, id(102), online);
    settle();
    on_loop(1, [](LoopPresence& here) {
        here.heard(id(101), at(40s));
        here.heard(id(102), at(40s));
    });
    run(1);
    loops[0].restart();
    EXPECT_EQ(loops[0].poll(), 1u);
    tick(94s);
    EXPECT_EQ(reader.seen, "[]1online 2online ");
    tick(95s);
    EXPECT_EQ(reader.seen, "[]1online 2online 1offline 2offline ");
}

TEST_F(PresenceBoardTest, ReportsAllOfManySimultaneousDepartures) {
    std::size_t told = 0;
    Reader reader;
    for (int i = 0; i < 1'200; ++i) {
        const Uuid tab = Uuid::random();
        set(1, Uuid::random(), tab, online);
        gone(1, tab, 0s);
    }
    watch(2, reader);
    settle();
    reader.on_told = [&told] { ++told; };
    tick(10s);
    EXPECT_EQ(told, 1'200u);
    on_loop(0, [this](LoopPresence&) { EXPECT_EQ(board.people(), 0u); });
    settle();
}

TEST_F(PresenceBoardTest, ReturnsARosterWithoutWatching) {
    Reader reader;
    set(1, ann, id(101), online_at({icu}));
    settle();
    on_loop(2, [&](LoopPresence& here) { here.roster({}, reader.takes_roster()); });
    on_loop(2, [&](LoopPresence& here) { here.roster({ward}, reader.takes_roster()); });
    settle();
    set(1, ann, id(101), away);
    settle();
    EXPECT_EQ(reader.seen, "[1online ][]");
}

}  // namespace
}  // namespace rotacast::presence
