#include "ws/v1_protocol.hpp"

#include "ws/v1_protocol_for_tests.hpp"

namespace rotacast::ws::v1 {
namespace {

using namespace testing;

// authentication

TEST(V1Protocol, GreetsAClientWithAToken) {
    Session session;
    EXPECT_EQ(session.open(), greeting);
    EXPECT_FALSE(session.protocol.holding());
    EXPECT_FALSE(session.protocol.live());
}

TEST(V1Protocol, RejectsAllButPingAndAuthenticateBeforeAuthentication) {
    Session session;
    EXPECT_EQ(session.open(no_token), "");
    EXPECT_EQ(session.text(R"({"action":"ping","id":1})"), R"({"event_type":"pong","id":1})");
    for (const auto* command : {R"({"id":1,"action":"subscribe"})",
                                R"({"id":1,"action":"unsubscribe"})",
                                R"({"id":1,"action":"resume","cursor":"k3.1"})",
                                R"({"id":1,"action":"refresh_token","token":"t"})",
                                R"({"id":1,"action":"presence","status":"away"})",
                                R"({"id":1,"action":"watch_presence"})",
                                R"({"id":1,"action":"unwatch_presence"})",
                                R"({"id":1,"action":"ack","cursor":"k3.1"})"}) {
        EXPECT_EQ(session.text(command),
                  refusal("1", ErrorCode::unauthenticated, "Send `authenticate` first.", ""))
            << command;
    }
}

TEST(V1Protocol, GreetsAndThenAnswersAuthenticate) {
    Session session;
    session.open(no_token);
    EXPECT_EQ(session.text(R"({"action":"authenticate","id":"a1","token":"t"})"), "check_token t");
    EXPECT_TRUE(session.protocol.holding());
    EXPECT_EQ(session.checked(principal()),
              greeting +
                  "\n"
                  R"({"event_type":"ack","id":"a1"})");
    EXPECT_FALSE(session.protocol.holding());
}

TEST(V1Protocol, AllowsAnotherAttemptAfterARejectedToken) {
    Session session;
    session.open(no_token);
    session.text(R"({"action":"authenticate","id":"a1","token":"t"})");
    EXPECT_EQ(session.checked(Error{ErrorCode::token_invalid, "No.", ""}),
              refusal(R"("a1")", ErrorCode::token_invalid, "No.", ""));
    EXPECT_EQ(session.text(R"({"action":"authenticate","token":"u"})"), "check_token u");
    EXPECT_EQ(session.checked(principal()),
              greeting +
                  "\n"
                  R"({"event_type":"ack"})");
}

TEST(V1Protocol, ClosesUnauthenticatedConnectionsInTimeButNotDuringATokenCheck) {
    Session session;
    session.open(no_token);
    EXPECT_EQ(session.tick(4999ms), "");
    session.text(R"({"action":"authenticate","token":"t"})");
    EXPECT_EQ(session.tick(5000ms), "");
    session.checked(Error{ErrorCode::token_expired, "", ""});
    EXPECT_EQ(session.tick(5001ms), "close 4408 authentication_timeout");
    EXPECT_EQ(session.tick(6000ms), "");
}

TEST(V1Protocol, TellsAClientWhoseCookieDoesNotCountThatItsOriginIsTheReason) {
    const Error refused{ErrorCode::origin_refused, "", ""};
    Session by_cookie;
    EXPECT_EQ(by_cookie.open(refused), "");
    EXPECT_EQ(by_cookie.text(R"({"action":"ping"})"), R"({"event_type":"pong"})");
    EXPECT_EQ(by_cookie.text(R"({"id":1,"action":"subscribe"})"),
              refusal("1", refused.code, message_of(refused), ""));
    EXPECT_EQ(by_cookie.last_refused, refused.code);
    EXPECT_EQ(by_cookie.tick(5000ms), "close 4403 origin_refused");

    Session with_token;
    with_token.open(refused);
    EXPECT_EQ(with_token.text(R"({"action":"authenticate","token":"t"})"), "check_token t");
    with_token.checked(Error{ErrorCode::token_invalid, "", ""});
    EXPECT_EQ(with_token.tick(5000ms), "close 4408 authentication_timeout");
}

// commands

TEST(V1Protocol, AnswersEveryCommandOfALiveConnection) {
    const std::string ack7 = R"({"event_type":"ack","id":7,"cursor":"k3.7"})";
    const Row rows[] = {
        {"subscribe",
         R"({"id":7,"action":"subscribe","schedules":["O"],"persons":["M","M"]})",
         "subscribe schedule O person M\n" + ack7},
        {"to nothing", R"({"id":7,"action":"subscribe"})", ack7},
        {"a schedule",
         R"({"id":7,"action":"subscribe_schedule","schedule_id":"O"})",
         "subscribe schedule O\n" + ack7},
        {"a person",
         R"({"id":7,"action":"subscribe_person","person_id":"M"})",
         "subscribe person M\n" + ack7},
        {"unsubscribe from what is not there",
         R"({"id":7,"action":"unsubscribe","persons":["O"]})",
         ack7},
        {"refresh", R"({"id":7,"action":"refresh_token","token":"t"})", "check_token t"},
        {"presence",
         R"({"id":7,"action":"presence","status":"away","page":"/x"})",
         "presence away /x\n" + ack7},
        {"watch", R"({"id":7,"action":"watch_presence","schedules":["O"]})", "watch_presence of 1"},
        {"unwatch", R"({"id":7,"action":"unwatch_presence"})", "unwatch_presence\n" + ack7},
        {"acknowledge", R"({"id":7,"action":"ack","cursor":"k3.1"})", "acknowledge k3.1\n" + ack7},
        {"ping", R"({"id":7,"action":"ping"})", R"({"event_type":"pong","id":7})"},
        {"ping without id", R"({"action":"ping"})", R"({"event_type":"pong"})"},
    };
    check_each(rows, [] { return live_session(); });
}

TEST(V1Protocol, StaysOpenAfterAnError) {
    using enum ErrorCode;
    const Row rows[] = {
        {"no JSON",
         "{",
         refusal("", bad_json, "Not JSON at byte 1: incomplete JSON.", ""),
         bad_json},
        {"no object",
         "[]",
         refusal("", invalid_field, "A command is one JSON object.", ""),
         invalid_field},
        {"bad id",
         R"({"id":[],"action":"ping"})",
         refusal(
             "", invalid_field, "Expected a string of 1 to 64 bytes or an integer here.", "/id"),
         invalid_field},
        {"no action",
         R"({"id":7})",
         refusal("7", missing_field, "This field is required.", "/action"),
         missing_field},
        {"unknown action",
         R"({"id":7,"action":"x"})",
         refusal("7", unknown_action, "", "/action"),
         unknown_action},
        {"bad field",
         R"({"id":7,"action":"subscribe","persons":["M","x"]})",
         refusal("7", invalid_field, "Expected a UUID here.", "/persons/1"),
         invalid_field},
        {"forbidden person",
         R"({"id":7,"action":"subscribe","persons":["M","M","O"]})",
         refusal("7", forbidden, "Your role may not watch this person.", "/persons/2"),
         forbidden},
        {"forbidden single person",
         R"({"id":7,"action":"subscribe_person","person_id":"O"})",
         refusal("7", forbidden, "Your role may not watch this person.", "/person_id"),
         forbidden},
        {"late resume",
         R"({"id":7,"action":"resume","cursor":"k3.1"})",
         refusal("7", conflict, "Send resume before any subscribe.", ""),
         conflict},
        {"late latest",
         R"({"id":7,"action":"subscribe","latest":true})",
         refusal("7", conflict, "Only the first subscribe can have it.", "/latest"),
         conflict},
        {"second authenticate",
         R"({"id":7,"action":"authenticate","token":"t"})",
         refusal("7", conflict, "The connection is authenticated already; use refresh_token.", ""),
         conflict},
        {"bad cursor",
         R"({"id":7,"action":"ack","cursor":"bad"})",
         "acknowledge bad\n" + refusal("7", cursor_invalid, "Bad.", "/cursor"),
         cursor_invalid},
    };
    check_each(rows, [] { return live_session(); });
    for (const auto& row : rows) {
        auto session = live_session();
        session.text(row.text);
        EXPECT_EQ(session.text(R"({"action":"ping"})"), R"({"event_type":"pong"})")
            << row.behaviour;
        EXPECT_TRUE(session.protocol.topics().empty()) << row.behaviour;
    }
}

TEST(V1Protocol, RejectsBinaryMessagesAndStaysOpen) {
    auto session = live_session();
    session.protocol.binary(session.context());
    EXPECT_EQ(session.told(), refusal("", ErrorCode::bad_request, "Send text messages.", ""));
    EXPECT_FALSE(session.protocol.closed());
}

// subscriptions

TEST(V1Protocol, SubscribesOnlyToNewTopicsAndUnsubscribesFromPresentOnes) {
    auto session = live_session();
    const std::string ack = R"({"event_type":"ack","cursor":"k3.7"})";
    EXPECT_EQ(session.text(R"({"action":"subscribe","schedules":["M"]})"),
              "subscribe schedule M\n" + ack);
    EXPECT_EQ(session.text(R"({"action":"subscribe","schedules":["M","O"],"persons":["M"]})"),
              "subscribe schedule O person M\n" + ack);
    EXPECT_EQ(session.text(R"({"action":"subscribe","schedules":["M","O"]})"), ack);
    EXPECT_EQ(shown(session.protocol.topics()), " schedule M schedule O person M");
    EXPECT_EQ(session.text(R"({"action":"unsubscribe","schedules":["O"],"persons":["M","O"]})"),
              "unsubscribe schedule O person M\n" + ack);
    EXPECT_EQ(shown(session.protocol.topics()), " schedule M");
}

TEST(V1Protocol, AnswersTheFirstSubscribeWhenItIsLive) {
    Session session;
    session.open();
    EXPECT_EQ(session.text(R"({"action":"subscribe","id":7,"schedules":["M","O"]})"),
              "go_live from now schedule M schedule O");
    EXPECT_TRUE(session.protocol.holding());
    EXPECT_EQ(session.went_live(live_from("k3.9")),
              R"({"event_type":"ack","id":7,"cursor":"k3.9"})");
    EXPECT_FALSE(session.protocol.holding());
    EXPECT_TRUE(session.protocol.live());
}

TEST(V1Protocol, AnswersTheFirstSubscribeWithTheLatestStateWhenAsked) {
    Session session;
    session.open();
    EXPECT_EQ(session.text(R"({"action":"subscribe","latest":true,"persons":["M"]})"),
              "go_live from now with latest person M");
    auto live = live_from("k3.9");
    live.latest = {R"({"event_type":"x"})"};
    live.latest_from = "k3.2";
    EXPECT_EQ(
        session.went_live(live),
        R"({"event_type":"ack","cursor":"k3.9","latest":[{"event_type":"x"}],"latest_from":"k3.2"})");
}

TEST(V1Protocol, UnsubscribingDoesNotMakeAConnectionLive) {
    Session session;
    session.open();
    EXPECT_EQ(session.text(R"({"action":"unsubscribe","persons":["M"]})"),
              R"({"event_type":"ack"})");
    EXPECT_FALSE(session.protocol.live());
}

TEST(V1Protocol, RejectsTheFirstSubscribeCompletely) {
    const Row rows[] = {
        {"subscribe", R"({"action":"subscribe","schedules":["M"],"persons":["O"]})", ""},
        {"resume", R"({"action":"resume","cursor":"k3.1","schedules":["M"],"persons":["O"]})", ""},
    };
    for (const auto& row : rows) {
        Session session;
        session.open();
        EXPECT_EQ(
            session.text(row.text),
            refusal("", ErrorCode::forbidden, "Your role may not watch this person.", "/persons/0"))
            << row.behaviour;
        EXPECT_FALSE(session.protocol.live());
        EXPECT_FALSE(session.protocol.holding());
        EXPECT_TRUE(session.protocol.topics().empty());
    }
}

TEST(V1Protocol, LimitsSubscriptionsAndRejectsACommandThatExceedsTheLimit) {
    Rules rules;
    rules.subscriptions_max = 2;
    const auto refused =
        refusal("", ErrorCode::too_many_subscriptions, "At most 2 on a connection.", "");
    const std::string three = R"("schedules":["M","O"],"persons":["M"]})";

    for (const auto* begin : {R"({"action":"subscribe",)", R"({"action":"resume","cursor":"c",)"}) {
        Session session(rules);
        session.open();
        EXPECT_EQ(session.text(begin + three), refused);
        EXPECT_FALSE(session.protocol.live());
    }
    auto session = live_session(rules);
    session.text(R"({"action":"subscribe","schedules":["M","O"]})");
    EXPECT_EQ(session.text(R"({"action":"subscribe",)" + three), refused);
    EXPECT_EQ(session.text(R"({"action":"subscribe","schedules":["M","O"]})"),
              R"({"event_type":"ack","cursor":"k3.7"})");
    session.rules.subscriptions_max = 3;  // reloaded
    EXPECT_EQ(session.text(R"({"action":"subscribe",)" + three),
              "subscribe person M\n"
              R"({"event_type":"ack","cursor":"k3.7"})");
    EXPECT_EQ(shown(session.protocol.topics()), " schedule M schedule O person M");
}

TEST(V1Protocol, FollowsTheUsersRightsAndThePolicy) {
    auto session = live_session();
    const auto subscribe = R"({"action":"subscribe","persons":["O"]})";
    const auto others = hub::Topic::person(other);
    EXPECT_FALSE(session.protocol.may_watch(others, session.rules.policy));
    session.protocol.rights_changed(auth::Role::resident, other);
    EXPECT_TRUE(session.protocol.may_watch(others, session.rules.policy));
    session.protocol.rights_changed(auth::Role::resident, std::nullopt);
    EXPECT_FALSE(session.protocol.may_watch(others, session.rules.policy));
    EXPECT_TRUE(session.protocol.may_watch(hub::Topic::schedule(other), session.rules.policy));
    EXPECT_TRUE(session.protocol.may_watch(hub::Topic::everybody(), session.rules.policy));
    session.rules.policy = auth::Policy::open;
    EXPECT_TRUE(session.text(subscribe).starts_with("subscribe person O\n"));
    session.rules.policy = auth::Policy::strict;
    session.protocol.rights_changed(auth::Role::admin, std::nullopt);
    EXPECT_TRUE(session.protocol.may_watch(others, session.rules.policy));
}

// resuming

TEST(V1Protocol, ResumesFromTheClientsCursor) {
    struct Outcome {
        Live live;
        std::string transcript;
    };
    auto whole = live_from("k3.9");
    whole.replayed = 4;
    auto broken = live_from("k4.2");
    broken.loss = {GapReason::epoch_changed, "k3.1"};
    auto late = live_from("k3.9");
    late.replayed = 2;
    late.loss = {GapReason::too_far, "k3.3"};
    const Outcome outcomes[] = {
        {whole,
         R"({"event_type":"resumed","id":"r","recovered":true,"reason":null,"replayed":4,"cursor":"k3.9"})"},
        {broken,
         R"({"event_type":"gap","from":"k3.1","to":"k4.2","reason":"epoch_changed","cursor":"k4.2"})"
         "\n"
         R"({"event_type":"resumed","id":"r","recovered":false,"reason":"epoch_changed","replayed":0,"cursor":"k4.2"})"},
        {late,
         R"({"event_type":"gap","from":"k3.3","to":"k3.9","reason":"too_far","cursor":"k3.9"})"
         "\n"
         R"({"event_type":"resumed","id":"r","recovered":false,"reason":"too_far","replayed":2,"cursor":"k3.9"})"},
    };
    for (const auto& outcome : outcomes) {
        Session session;
        session.open();
        EXPECT_EQ(
            session.text(
                R"({"id":"r","action":"resume","cursor":"k3.1","schedules":["O"],"persons":["M"]})"),
            "go_live from k3.1 schedule O person M");
        EXPECT_TRUE(session.protocol.holding());
        EXPECT_EQ(session.went_live(outcome.live), outcome.transcript);
        EXPECT_TRUE(session.protocol.live());
        EXPECT_FALSE(session.protocol.holding());
    }
}

TEST(V1Protocol, IsUnchangedWhenItCouldNotGoLive) {
    for (const auto code : {ErrorCode::cursor_invalid, ErrorCode::unavailable}) {
        Session session;
        session.open();
        session.text(R"({"id":"r","action":"resume","cursor":"k3.1","persons":["M"]})");
        EXPECT_EQ(session.went_live(Error{code, "No.", "/cursor"}),
                  refusal(R"("r")", code, "No.", "/cursor"));
        EXPECT_FALSE(session.protocol.live());
        EXPECT_TRUE(session.protocol.topics().empty());
        EXPECT_EQ(session.text(R"({"action":"resume","cursor":"k3.1"})"), "go_live from k3.1");
    }
}
}  // namespace
}  // namespace rotacast::ws::v1
