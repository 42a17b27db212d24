#include "ws/v1_protocol.hpp"

#include "ws/v1_protocol_for_tests.hpp"

namespace rotacast::ws::v1 {
namespace {

using namespace testing;

// tokens

TEST(V1Protocol, WarnsOncePerTokenBeforeItsEndAndEndsWithIt) {
    struct Lifetime {
        std::chrono::milliseconds life;
        std::chrono::milliseconds warned;
    };
    for (const auto& [life, warned] :
         {Lifetime{15min, 14min}, {120s, 60s}, {90s, 45s}, {30s, 15s}, {1ms, 1ms}}) {
        Session session;
        session.open(principal(life));
        const auto warning = R"({"event_type":"token_expiring","token_expires_at":")" +
                             rotacast::to_string(noon + life) + "\"}";
        EXPECT_EQ(session.tick(warned - 1ms), "") << life.count();
        if (warned < life) {
            EXPECT_EQ(session.tick(warned), warning) << life.count();
            EXPECT_EQ(session.tick(life - 1ms), "") << life.count();
        }
        EXPECT_EQ(session.tick(life), "close 4401 token_expired") << life.count();
        EXPECT_EQ(session.tick(life + 1h), "") << life.count();
    }
}

TEST(V1Protocol, ReplacesTheTokenWithANewOne) {
    auto session = live_session();
    EXPECT_NE(session.tick(14min), "");
    EXPECT_EQ(session.text(R"({"id":7,"action":"refresh_token","token":"u"})"), "check_token u");
    EXPECT_EQ(
        session.checked(principal(30min)),
        R"({"event_type":"ack","id":7,"cursor":"k3.7","token_expires_at":"2026-11-23T12:30:00.000Z"})");
    EXPECT_EQ(session.tick(15min), "");
    EXPECT_TRUE(session.tick(29min).starts_with(R"({"event_type":"token_expiring")"));
    EXPECT_EQ(session.tick(30min), "close 4401 token_expired");
}

TEST(V1Protocol, KeepsTheOldTokenWhenTheNewOneIsRejected) {
    const std::pair<Result<auth::Principal>, std::string> refusals[] = {
        {principal(30min, other), refusal("7", ErrorCode::identity_changed, "", "/token")},
        {Error{ErrorCode::token_invalid, "No.", ""},
         refusal("7", ErrorCode::token_invalid, "No.", "")},
        {Error{ErrorCode::unavailable, "No.", ""}, refusal("7", ErrorCode::unavailable, "No.", "")},
    };
    for (const auto& [result, transcript] : refusals) {
        auto session = live_session();
        session.text(R"({"id":7,"action":"refresh_token","token":"u"})");
        EXPECT_EQ(session.checked(result), transcript);
        EXPECT_EQ(session.protocol.principal()->user_id, me);
        EXPECT_EQ(session.tick(15min - 1ms).find("close"), std::string::npos);
        EXPECT_EQ(session.tick(15min), "close 4401 token_expired");
    }
}

TEST(V1Protocol, NeverEchoesAToken) {
    for (const auto* text : {R"({"id":1,"action":"authenticate","token":"secret"})",
                             R"({"id":1,"action":"refresh_token","token":"secret"})"}) {
        for (const bool known : {false, true}) {
            Session session;
            session.open(known ? Result<auth::Principal>(principal()) : no_token);
            const auto asked = session.text(text);
            EXPECT_TRUE(asked == "check_token secret" || asked.find("secret") == std::string::npos);
            EXPECT_EQ(session.checked(Error{ErrorCode::token_invalid, "", ""}).find("secret"),
                      std::string::npos);
        }
    }
}

// presence

TEST(V1Protocol, AnswersWatchPresenceWithTheRoster) {
    Session session;
    session.open();
    EXPECT_EQ(session.text(R"({"id":7,"action":"watch_presence"})"), "watch_presence of 0");
    EXPECT_TRUE(session.protocol.holding());
    EXPECT_EQ(session.roster("[]"), R"({"event_type":"ack","id":7,"roster":[]})");
    EXPECT_FALSE(session.protocol.holding());
    session.rules.subscriptions_max = 1;
    EXPECT_EQ(
        session.text(R"({"action":"watch_presence","schedules":["M","O"]})"),
        refusal("", ErrorCode::too_many_subscriptions, "At most 1 on a connection.", "/schedules"));
}

// rate of commands

TEST(V1Protocol, RejectsCommandsBeyondTheRateWithTheirIdAndClosesOnAFlood) {
    Rules rules;
    rules.commands_per_second = 1;
    rules.commands_burst = 2;
    Session session(rules);
    session.open();
    const auto ping = R"({"id":7,"action":"ping"})";
    const auto pong = R"({"event_type":"pong","id":7})";
    const auto refused =
        refusal("7", ErrorCode::rate_limited, "Too many commands; wait a moment.", "");
    EXPECT_EQ(session.text(ping), pong);
    EXPECT_EQ(session.text(ping), pong);
    EXPECT_EQ(session.text(ping), refused);
    session.elapsed += 1s;
    EXPECT_EQ(session.text(ping), pong);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(session.text(ping), refused);
    EXPECT_EQ(session.text(ping), "close 4429 too_many_commands");
    EXPECT_EQ(session.text(ping), "");
}

TEST(V1Protocol, CountsInvalidAndBinaryMessagesAsCommands) {
    Rules rules;
    rules.commands_burst = 2;
    Session session(rules);
    session.open(no_token);
    session.text("{");
    session.protocol.binary(session.context());
    session.told();
    EXPECT_EQ(session.text("{"),
              refusal("", ErrorCode::rate_limited, "Too many commands; wait a moment.", ""));
}

// end

TEST(V1Protocol, AnnouncesDraining) {
    auto session = live_session();
    session.protocol.draining(session.context(), 1500ms);
    EXPECT_EQ(session.told(), R"({"event_type":"server_draining","reconnect_after_ms":1500})");
    EXPECT_FALSE(session.protocol.closed());
}

TEST(V1Protocol, EndsForReasonsFromOutside) {
    const std::pair<CloseCode, std::string> reasons[] = {
        {v1_close_code(ErrorCode::token_revoked), "close 4401 token_revoked"},
        {v1_close_code(ErrorCode::user_inactive), "close 4403 user_inactive"},
        {v1_close_code(ErrorCode::slow_consumer), "close 4410 slow_consumer"},
        {close::please_reconnect, "close 4412 please_reconnect"},
        {close::server_draining, "close 1001 server_draining"},
    };
    for (const auto& [code, transcript] : reasons) {
        auto session = live_session();
        session.protocol.end(session.context(), code);
        EXPECT_EQ(session.told(), transcript);
        EXPECT_TRUE(session.protocol.closed());
    }
}

TEST(V1Protocol, DoesNothingOnceItHasClosed) {
    for (const auto* question : {R"({"action":"refresh_token","token":"t"})",
                                 R"({"action":"watch_presence"})",
                                 R"({"action":"resume","cursor":"k3.1"})"}) {
        Session session;
        session.open();
        session.text(question);
        session.protocol.end(session.context(), close::please_reconnect);
        session.told();
        EXPECT_FALSE(session.protocol.holding());
        EXPECT_EQ(session.checked(principal()), "");
        EXPECT_EQ(session.roster("[]"), "");
        EXPECT_EQ(session.went_live(live_from("k3.9")), "");
        EXPECT_EQ(session.text(R"({"action":"ping"})"), "");
        EXPECT_EQ(session.tick(1h), "");
        session.protocol.binary(session.context());
        session.protocol.draining(session.context(), 1s);
        session.protocol.end(session.context(), close::server_draining);
        EXPECT_EQ(session.told(), "") << question;
    }
}

TEST(V1Protocol, EndsWhenItsTokenExpiresDuringAnAsynchronousAction) {
    Session session;
    session.open();
    session.text(R"({"action":"resume","cursor":"k3.1"})");
    EXPECT_EQ(session.tick(15min), "close 4401 token_expired");
    EXPECT_EQ(session.went_live(live_from("k3.9")), "");
}

TEST(V1Protocol, AcceptsResultsFromWithinTheAction) {
    Session session;
    session.at_once = live_from("k3.9");
    session.open();
    EXPECT_EQ(session.text(R"({"id":7,"action":"subscribe"})"),
              "go_live from now\n"
              R"({"event_type":"ack","id":7,"cursor":"k3.9"})");
    EXPECT_FALSE(session.protocol.holding());
}

TEST(V1Protocol, IsSmallWhenIdle) {
    EXPECT_LE(sizeof(Protocol), 256U);
}

}  // namespace
}  // namespace rotacast::ws::v1
