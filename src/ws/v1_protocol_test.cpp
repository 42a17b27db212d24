#include "ws/v1_protocol.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

// Tables of inputs and the resulting actions. Each action is a line of the transcript; messages
// that were sent appear without their timestamp.

namespace rotacast::ws::v1 {
namespace {

using namespace std::chrono_literals;

const Uuid me = *Uuid::parse("aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa");
const Uuid other = *Uuid::parse("bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb");
const Uuid connection = *Uuid::parse("cccccccc-cccc-4ccc-8ccc-cccccccccccc");
const Timestamp noon = *parse_timestamp("2026-11-23T12:00:00.000Z");

auth::Principal principal(std::chrono::milliseconds life = 15min, const Uuid& user = me) {
    return {user, "ann", auth::Role::resident, std::nullopt, noon + life, "jti"};
}

/// Replaces `M` and `O` in the text with the two persons' identifiers.
std::string spelled(std::string text) {
    const std::pair<std::string, Uuid> letters[] = {{"\"M\"", me}, {"\"O\"", other}};
    for (const auto& [letter, id] : letters)
        for (auto at = text.find(letter); at != std::string::npos; at = text.find(letter))
            text.replace(at, letter.size(), '"' + to_string(id) + '"');
    return text;
}

std::string without_timestamp(std::string text) {
    const std::string key = R"(,"timestamp":")";
    const auto at = text.find(key);
    return text.erase(at, key.size() + 25);
}

std::string shown(std::span<const hub::Topic> topics) {
    std::string out;
    for (const auto& topic : topics) {
        out += topic.kind == hub::Topic::Kind::person ? " person " : " schedule ";
        out += topic.id == me ? "M" : topic.id == other ? "O" : to_string(topic.id);
    }
    return out;
}

class Session final : public Actions {
  public:
    explicit Session(Rules its_rules = {}) : rules(std::move(its_rules)) {}

    // Actions.
    void send(std::string_view text) override { note(without_timestamp(std::string(text))); }
    void close(const CloseCode& code) override {
        note("close " + std::to_string(code.code) + ' ' + std::string(code.reason));
    }
    std::string position() override { return "k3.7"; }
    void refused(ErrorCode code) override { last_refused = code; }
    void subscribe(std::span<const hub::Topic> topics) override {
        note("subscribe" + shown(topics));
    }
    void unsubscribe(std::span<const hub::Topic> topics) override {
        note("unsubscribe" + shown(topics));
    }
    void set_presence(hub::PresenceStatement statement) override {
        note("presence " + std::string(statement.away ? "away " : "online ") +
             statement.page.value_or("nowhere"));
    }
    void unwatch_presence() override { note("unwatch_presence"); }
    Result<void> acknowledge(std::string_view cursor) override {
        note("acknowledge " + std::string(cursor));
        if (cursor == "bad") return Error{ErrorCode::cursor_invalid, "Bad.", "/cursor"};
        return {};
    }
    void check_token(std::string token) override { note("check_token " + token); }
    void go_live(GoLive request) override {
        note("go_live from " + request.from.value_or("now") +
             (request.latest ? " with latest" : "") + shown(request.topics));
        if (at_once) protocol.went_live(context(), *at_once);
    }
    void watch_presence(std::vector<Uuid> schedules) override {
        note("watch_presence of " + std::to_string(schedules.size()));
    }

    // Inputs.
    Context context() { return {*this, rules, noon + elapsed}; }
    std::string open(std::optional<auth::Principal> who = principal()) {
        protocol.opened(context(), std::move(who));
        return told();
    }
    std::string text(const std::string& text) {
        protocol.text(context(), spelled(text));
        return told();
    }
    std::string tick(std::chrono::milliseconds at) {
        elapsed = at;
        protocol.tick(context());
        return told();
    }
    std::string checked(Result<auth::Principal> result) {
        protocol.token_checked(context(), std::move(result));
        return told();
    }
    std::string went_live(const Result<Live>& live) {
        protocol.went_live(context(), live);
        return told();
    }
    std::string roster(std::string_view roster) {
        protocol.watching_presence(context(), roster);
        return told();
    }
    std::string told() { return std::exchange(transcript, ""); }

    Rules rules;
    Protocol protocol{connection};
    std::chrono::milliseconds elapsed{0};
    std::optional<ErrorCode> last_refused;
    std::optional<Live> at_once;  ///< the result that go_live returns from within the call
    std::string transcript;

  private:
    void note(const std::string& line) {
        if (!transcript.empty()) transcript += '\n';
        transcript += line;
    }
};

Live live_from(std::string cursor) {
    Live live;
    live.cursor = std::move(cursor);
    return live;
}

Session live_session(Rules rules = {}) {
    Session session(std::move(rules));
    session.open();
    session.text(R"({"action":"subscribe"})");
    session.went_live(live_from("k3.5"));
    return session;
}

const std::string greeting = without_timestamp(
    R"({"event_type":"connection_ack","timestamp":"2026-11-23T12:00:00.000Z",)"
    R"("user_id":"aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa","message":"Connection established",)"
    R"("connection_id":"cccccccc-cccc-4ccc-8ccc-cccccccccccc",)"
    R"("token_expires_at":"2026-11-23T12:15:00.000Z","ping_interval_ms":20000,)"
    R"("message_bytes_max":65536,"subscriptions_max":256})");

struct Row {
    std::string_view behaviour;
    std::string text;
    std::string transcript;
    std::optional<ErrorCode> refused = std::nullopt;
};

template <class MakeSession>
void check_each(std::span<const Row> rows, MakeSession make_session) {
    for (const auto& row : rows) {
        auto session = make_session();
        EXPECT_EQ(session.text(row.text), row.transcript) << row.behaviour;
        EXPECT_EQ(session.last_refused, row.refused) << row.behaviour;
    }
}

std::string refusal(std::string_view id,
                    ErrorCode code,
                    std::string_view message,
                    std::string_view path) {
    return without_timestamp(error({id, noon}, {code, std::string(message), std::string(path)}));
}

// authentication

TEST(V1Protocol, GreetsAClientWithAToken) {
    Session session;
    EXPECT_EQ(session.open(), greeting);
    EXPECT_FALSE(session.protocol.holding());
    EXPECT_FALSE(session.protocol.live());
}

TEST(V1Protocol, RejectsAllButPingAndAuthenticateBeforeAuthentication) {
    Session session;
    EXPECT_EQ(session.open(std::nullopt), "");
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
    session.open(std::nullopt);
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
    session.open(std::nullopt);
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
    session.open(std::nullopt);
    EXPECT_EQ(session.tick(4999ms), "");
    session.text(R"({"action":"authenticate","token":"t"})");
    EXPECT_EQ(session.tick(5000ms), "");
    session.checked(Error{ErrorCode::token_expired, "", ""});
    EXPECT_EQ(session.tick(5001ms), "close 4408 authentication_timeout");
    EXPECT_EQ(session.tick(6000ms), "");
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
         refusal("7", conflict, "Resume before any other subscribing.", ""),
         conflict},
        {"late latest",
         R"({"id":7,"action":"subscribe","latest":true})",
         refusal("7", conflict, "Only the first subscribe can ask for it.", "/latest"),
         conflict},
        {"second authenticate",
         R"({"id":7,"action":"authenticate","token":"t"})",
         refusal("7", conflict, "It is authenticated already; use refresh_token.", ""),
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
            session.open(known ? std::optional(principal()) : std::nullopt);
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
    session.open(std::nullopt);
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
