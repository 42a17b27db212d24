// Presence with several nodes: what the board tells others, and what it makes of what they tell.
#include "presence/presence_board.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace rotacast::presence {
namespace {

using namespace std::chrono_literals;

constexpr PresenceOptions ten_and_forty{.grace = 10s, .lease = 40s};

Uuid number(std::uint8_t last) {
    Uuid uuid;
    uuid.bytes[15] = last;
    return uuid;
}

Moment after(std::chrono::milliseconds time) {
    return {std::chrono::steady_clock::time_point(1h) + time, Timestamp(1h) + time};
}

/// One loop, driven by hand. `outlet` has what the others are told, `seen` what a watcher is.
class PresenceOthersTest : public testing::Test, private PresenceWatcher {
  protected:
    PresenceOthersTest() {
        board.tell_others({
            .stated =
                [this](const Uuid& tab, const Uuid& user, const PresenceStatement& says) {
                    outlet += digit(tab) + '=' + digit(user) + (says.away ? "away " : "online ");
                },
            .withdrawn = [this](const Uuid& tab) { outlet += '-' + digit(tab) + ' '; },
        });
        here().watch(*this, {}, [](const PresenceRoster&) {});
        settle();
    }
    ~PresenceOthersTest() override { here().unwatch(*this); }

    void on_presence(const PresenceChange& change) override {
        seen += digit(change.user) + std::string(to_string(change.status)) + ' ';
    }

    static std::string digit(const Uuid& uuid) { return std::to_string(uuid.bytes[15]); }
    LoopPresence& here() { return board.on_loop(0); }
    void settle() {
        loop.restart();
        loop.poll();
    }
    void others_state(std::uint8_t tab,
                      std::uint8_t user,
                      std::chrono::seconds when,
                      bool away = false) {
        board.others_stated(number(tab), number(user), {away, {}, {}}, after(when));
        settle();
    }
    void others_withdraw(std::uint8_t tab, std::chrono::seconds when) {
        board.others_withdrew(number(tab), after(when));
        settle();
    }
    void state(std::uint8_t tab, std::uint8_t user, std::chrono::seconds when) {
        boost::asio::post(loop,
                          [=, this] { here().set(number(user), number(tab), {}, after(when)); });
        settle();
    }
    void leave(std::uint8_t tab, std::chrono::seconds when) {
        boost::asio::post(loop, [=, this] { here().gone(number(tab), after(when)); });
        settle();
    }
    void let_pass(std::chrono::seconds from, std::chrono::seconds to) {
        for (auto when = from; when <= to; when += 1s) {
            boost::asio::post(loop, [=, this] { board.tick(after(when)); });
            settle();
        }
    }

    boost::asio::io_context loop;
    PresenceBoard board{{loop.get_executor()}, {ten_and_forty}};
    std::string outlet;
    std::string seen;
};

TEST_F(PresenceOthersTest, TellsOthersWhatItsOwnConnectionsStateAndNothingElse) {
    state(11, 1, 0s);
    others_state(21, 2, 0s);
    leave(11, 1s);
    others_withdraw(21, 1s);
    let_pass(1s, 20s);
    EXPECT_EQ(outlet, "11=1online -11 ");
}

TEST_F(PresenceOthersTest, ShowsPeopleOfOtherNodesLikeItsOwn) {
    others_state(21, 2, 0s);
    others_state(21, 2, 1s, true);
    others_state(21, 2, 2s, true);
    others_withdraw(21, 3s);
    let_pass(3s, 12s);
    EXPECT_EQ(seen, "2online 2away ");
    let_pass(13s, 60s);
    EXPECT_EQ(seen, "2online 2away 2offline ") << "once";
    EXPECT_EQ(board.people(), 0U);
}

TEST_F(PresenceOthersTest, AUserOnTwoNodesIsOnePerson) {
    state(11, 1, 0s);
    others_state(21, 1, 0s);
    leave(11, 1s);
    let_pass(1s, 30s);
    EXPECT_EQ(seen, "1online ");
    EXPECT_EQ(board.people(), 1U);
    others_withdraw(21, 30s);
    let_pass(30s, 40s);
    EXPECT_EQ(seen, "1online 1offline ");
}

TEST_F(PresenceOthersTest, PeopleOfAnotherNodeStayUntilThatNodeSaysOtherwise) {
    others_state(21, 2, 0s);
    let_pass(0s, 300s);
    EXPECT_EQ(seen, "2online ");
}

TEST_F(PresenceOthersTest, WhoMovesToAnotherNodeIsNeverGone) {
    state(11, 1, 0s);
    leave(11, 1s);
    let_pass(1s, 5s);
    others_state(21, 1, 5s);
    let_pass(6s, 30s);
    EXPECT_EQ(seen, "1online ");
}

TEST_F(PresenceOthersTest, WhatIsStatedAgainWithinTheGraceTimeCountsAgain) {
    others_state(21, 2, 0s);
    others_withdraw(21, 1s);
    others_state(21, 2, 2s);
    let_pass(2s, 100s);
    EXPECT_EQ(seen, "2online ");
    others_withdraw(21, 100s);
    let_pass(100s, 110s);
    EXPECT_EQ(seen, "2online 2offline ");
}

TEST_F(PresenceOthersTest, AConnectionThatWasSilentForTooLongIsWithdrawn) {
    state(11, 1, 0s);
    let_pass(0s, 49s);
    EXPECT_EQ(outlet, "11=1online ");
    let_pass(50s, 50s);
    EXPECT_EQ(outlet, "11=1online -11 ");
    EXPECT_EQ(seen, "1online 1offline ");
}

TEST_F(PresenceOthersTest, ASilentConnectionWhosePlaceIsTakenIsWithdrawn) {
    state(11, 1, 0s);
    let_pass(0s, 41s);
    state(12, 1, 42s);
    EXPECT_EQ(outlet, "11=1online 12=1online -11 ");
}

TEST_F(PresenceOthersTest, AnUnknownConnectionIsWithdrawnInVain) {
    others_withdraw(21, 0s);
    state(11, 1, 0s);
    others_withdraw(11, 1s);
    let_pass(1s, 30s);
    EXPECT_EQ(seen, "1online ") << "11 is not another node's";
}

}  // namespace
}  // namespace rotacast::presence
