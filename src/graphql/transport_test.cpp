#include "graphql/transport.hpp"

#include "reflect/json.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

// Wire specification §4.5 as tables of inputs and the resulting actions; each action is a line of
// the transcript. Where the original's library is wrong, the tables have the right behaviour.

namespace rotacast::graphql {
namespace {

using namespace std::chrono_literals;

class Session final : public TransportActions {
  public:
    explicit Session(std::unique_ptr<Transport> its_machine) : machine(std::move(its_machine)) {}

    void send(std::string_view text) override { note(std::string(text)); }
    void close(std::uint16_t code, std::string_view reason) override {
        note("close " + std::to_string(code) + ' ' + std::string(reason));
    }
    void initialise(std::optional<std::string> token) override {
        note("initialise " + token.value_or("-"));
        if (admits) machine->acknowledged(*this);
    }
    void start(const std::string& id, Request request) override {
        note("start " + id + ' ' + request.query + ' ' + request.operation_name.value_or("-") +
             ' ' + reflect::to_json_text(request.variables));
    }
    void stop(const std::string& id) override { note("stop " + id); }

    /// Feeds one message and returns the actions.
    std::string in(std::string_view text) {
        transcript.clear();
        machine->text(*this, text);
        return transcript;
    }
    template <class Input>
    std::string when(Input input) {
        transcript.clear();
        input();
        return transcript;
    }

    std::unique_ptr<Transport> machine;
    bool admits = true;
    std::string transcript;

  private:
    void note(const std::string& line) {
        if (!transcript.empty()) transcript += " | ";
        transcript += line;
    }
};

Session modern() {
    return Session(transport_ws());
}
Session legacy() {
    return Session(transport_legacy());
}
Session ready(Session session) {
    session.in(R"({"type":"connection_init"})");
    return session;
}

const Error expired{ErrorCode::token_expired, "The token has expired.", ""};
const std::string ack = R"({"type":"connection_ack"})";
const std::string subscribe_1 =
    R"({"id":"1","type":"subscribe","payload":{"query":"Q","operationName":"A","variables":{"n":1}}})";
const std::string start_1 =
    R"({"type":"start","id":"1","payload":{"query":"Q","operationName":null,"variables":null}})";

TEST(TransportWs, AcknowledgesAClientThatIsAdmitted) {
    EXPECT_EQ(modern().in(R"({"type":"connection_init"})"), "initialise - | " + ack);
    EXPECT_EQ(modern().in(R"({"type":"connection_init","payload":{}})"), "initialise - | " + ack);
}

TEST(TransportWs, FindsTheTokenWhereverClientsPutIt) {
    const auto token = [](const std::string& payload) {
        auto session = modern();
        session.admits = false;
        return session.in(R"({"type":"connection_init","payload":)" + payload + '}');
    };
    EXPECT_EQ(token(R"({"token":"t"})"), "initialise t");
    EXPECT_EQ(token(R"({"authToken":"t"})"), "initialise t");
    EXPECT_EQ(token(R"({"Authorization":"Bearer t"})"), "initialise t");
    EXPECT_EQ(token(R"({"authorization":"bearer  t "})"), "initialise t");
    EXPECT_EQ(token(R"({"token":"Bearer t"})"), "initialise t");
    EXPECT_EQ(token(R"({"token":7,"Authorization":"t"})"), "initialise t");
    EXPECT_EQ(token(R"({"token":""})"), "initialise -");
}

TEST(TransportWs, ClosesOnAnInvalidOrRepeatedConnectionInit) {
    for (const auto* payload : {"null", "7", "\"x\"", "[]"})
        EXPECT_EQ(
            modern().in(R"({"type":"connection_init","payload":)" + std::string(payload) + '}'),
            "close 4400 Invalid connection init payload");
    EXPECT_EQ(ready(modern()).in(R"({"type":"connection_init"})"),
              "close 4429 Too many initialisation requests");
}

TEST(TransportWs, HoldsMessagesWhileATokenIsChecked) {
    auto session = modern();
    session.admits = false;
    session.in(R"({"type":"connection_init","payload":{"token":"t"}})");
    EXPECT_TRUE(session.machine->holding());
    EXPECT_EQ(session.when([&] { session.machine->acknowledged(session); }), ack);
    EXPECT_FALSE(session.machine->holding());
}

TEST(TransportWs, ClosesWhenTheTokenIsRejected) {
    auto session = modern();
    session.admits = false;
    session.in(R"({"type":"connection_init","payload":{"token":"t"}})");
    EXPECT_EQ(session.when([&] { session.machine->refused(session, expired, 4403, "why"); }),
              "close 4403 why");
    EXPECT_EQ(session.in(R"({"type":"ping"})"), "") << "closed: nothing counts any more";
}

TEST(TransportWs, ClosesWithoutConnectionInitInTime) {
    const auto noon = *parse_timestamp("2026-11-26T12:00:00.000Z");
    auto session = modern();
    const auto at = [&](std::chrono::milliseconds later) {
        return session.when([&] { session.machine->tick(session, noon + later, noon, 60s); });
    };
    EXPECT_EQ(at(59'999ms), "");
    EXPECT_EQ(at(60s), "close 4408 Connection initialisation timeout");
    auto quick = ready(modern());
    EXPECT_EQ(quick.when([&] { quick.machine->tick(quick, noon + 2h, noon, 60s); }), "");
    auto checked = modern();
    checked.admits = false;
    checked.in(R"({"type":"connection_init"})");
    EXPECT_EQ(checked.when([&] { checked.machine->tick(checked, noon + 2h, noon, 60s); }), "")
        << "the client has done its part";
}

TEST(TransportWs, AnswersPingsAndAcceptsPongs) {
    EXPECT_EQ(modern().in(R"({"type":"ping"})"), R"({"type":"pong"})");
    EXPECT_EQ(ready(modern()).in(R"({"type":"ping","payload":{"a":1}})"), R"({"type":"pong"})");
    EXPECT_EQ(ready(modern()).in(R"({"type":"pong","payload":null})"), "");
}

TEST(TransportWs, StartsAndStopsOperations) {
    EXPECT_EQ(modern().in(subscribe_1), "close 4401 Unauthorized");
    auto session = ready(modern());
    EXPECT_EQ(session.in(subscribe_1), R"(start 1 Q A {"n":1})");
    EXPECT_EQ(session.in(R"({"id":"1","type":"complete"})"), "stop 1");
    EXPECT_EQ(session.in(R"({"id":"1","type":"complete"})"), "") << "unknown by now";
    EXPECT_EQ(session.in(subscribe_1), R"(start 1 Q A {"n":1})") << "its id is free again";
    EXPECT_EQ(session.in(subscribe_1), "close 4409 Subscriber for 1 already exists");
}

TEST(TransportWs, AnIdCanBeReusedOnceItsOperationHasEnded) {
    auto session = ready(modern());
    session.in(subscribe_1);
    session.machine->ended("1");
    EXPECT_EQ(session.in(subscribe_1), R"(start 1 Q A {"n":1})");
}

TEST(TransportWs, ClosesOnInvalidMessages) {
    const std::pair<std::string, std::string> table[] = {
        {"", "WebSocket message must be valid JSON"},
        {"{", "WebSocket message must be valid JSON"},
        {"7", "Failed to parse message"},
        {"{}", "Failed to parse message"},
        {R"({"type":7})", "Failed to parse message"},
        {R"({"type":"zzz"})", "Unknown message type: zzz"},
        {R"({"type":"next"})", "Unknown message type: next"},
        {R"({"type":"complete"})", "Failed to parse message"},
        {R"({"type":"subscribe","payload":{"query":"Q"}})", "Failed to parse message"},
        {R"({"type":"subscribe","id":1,"payload":{"query":"Q"}})", "Failed to parse message"},
        {R"({"type":"subscribe","id":"1"})", "Failed to parse message"},
        {R"({"type":"subscribe","id":"1","payload":{}})", "Failed to parse message"},
        {R"({"type":"subscribe","id":"1","payload":{"query":"Q","variables":[]}})",
         "Failed to parse message"},
        {R"({"type":"subscribe","id":"1","payload":{"query":"Q","operationName":1}})",
         "Failed to parse message"},
    };
    for (const auto& [text, reason] : table)
        EXPECT_EQ(ready(modern()).in(text), "close 4400 " + reason) << text;
    auto session = modern();
    EXPECT_EQ(session.when([&] { session.machine->binary(session); }),
              "close 4400 WebSocket message type must be text");
}

TEST(TransportWs, EncodesMessagesAsTheProtocolSays) {
    const auto& encoder = transport_ws()->encoder();
    EXPECT_EQ(encoder.result("a\"b", R"({"data":{}})"),
              R"({"id":"a\"b","type":"next","payload":{"data":{}}})");
    const std::vector<std::string> errors{R"({"message":"a"})", R"({"message":"b"})"};
    EXPECT_EQ(encoder.errors("1", errors),
              R"({"id":"1","type":"error","payload":[{"message":"a"},{"message":"b"}]})");
    EXPECT_EQ(encoder.complete("1"), R"({"id":"1","type":"complete"})");
}

TEST(TransportLegacy, AcknowledgesAClientThatIsAdmitted) {
    EXPECT_EQ(legacy().in(R"({"type":"connection_init"})"), "initialise - | " + ack);
    EXPECT_EQ(legacy().in(R"({"type":"connection_init","payload":null})"), "initialise - | " + ack);
    EXPECT_EQ(legacy().in(R"({"type":"connection_init","payload":{"authToken":"t"}})"),
              "initialise t | " + ack);
    EXPECT_EQ(legacy().in(R"({"type":"connection_init","payload":7})"),
              R"({"type":"connection_error"} | close 1000 )");
    EXPECT_EQ(ready(legacy()).in(R"({"type":"connection_init"})"), "");
}

TEST(TransportLegacy, ReportsWhyATokenIsRejected) {
    auto session = legacy();
    session.admits = false;
    session.in(R"({"type":"connection_init"})");
    EXPECT_EQ(session.when([&] { session.machine->refused(session, expired, 4403, "why"); }),
              R"({"type":"connection_error","payload":{"message":"The token has expired.",)"
              R"("extensions":{"code":1203,"name":"token_expired"}}} | close 4403 why)");
}

TEST(TransportLegacy, StartsAndStopsOperations) {
    EXPECT_EQ(legacy().in(start_1),
              R"({"type":"error","id":"1","payload":{"message":"Send `connection_init` first.",)"
              R"("extensions":{"code":1200,"name":"unauthenticated"}}})");
    auto session = ready(legacy());
    EXPECT_EQ(session.in(start_1), "start 1 Q - {}");
    EXPECT_EQ(session.in(start_1), "stop 1 | start 1 Q - {}") << "the same id anew";
    EXPECT_EQ(session.in(R"({"type":"stop","id":"1"})"),
              R"(stop 1 | {"type":"complete","id":"1"})");
    EXPECT_EQ(session.in(R"({"type":"stop","id":"1"})"), "");
    EXPECT_EQ(session.in(R"({"type":"start","id":"2","payload":{"query":7}})"),
              R"({"type":"error","id":"2","payload":{"message":"`query` must be a string.",)"
              R"("extensions":{"code":1008,"name":"bad_request","path":"/query"}}})");
}

TEST(TransportLegacy, IgnoresInvalidMessages) {
    for (const auto* text : {"", "{", "7", "{}", R"({"type":"zzz"})", R"({"type":"start"})"})
        EXPECT_EQ(ready(legacy()).in(text), "") << text;
    auto session = legacy();
    EXPECT_EQ(session.when([&] { session.machine->binary(session); }), "");
    EXPECT_EQ(session.in(R"({"type":"connection_terminate"})"), "close 1000 ");
}

TEST(TransportLegacy, EncodesMessagesAsItsClientsExpect) {
    const auto& encoder = transport_legacy()->encoder();
    EXPECT_EQ(encoder.result("1", "{}"), R"({"type":"data","id":"1","payload":{}})");
    const std::vector<std::string> errors{R"({"message":"a"})", R"({"message":"b"})"};
    EXPECT_EQ(encoder.errors("1", errors),
              R"({"type":"error","id":"1","payload":{"message":"a"}})");
    EXPECT_EQ(encoder.complete("1"), R"({"type":"complete","id":"1"})");
}

TEST(SseSpelling, HasTheOperationsIdOnlyInSingleConnectionMode) {
    const std::vector<std::string> errors{R"({"message":"a"})"};
    EXPECT_EQ(sse_distinct_encoder().result("", "{}"), "event: next\ndata: {}\n\n");
    EXPECT_EQ(sse_distinct_encoder().errors("", errors),
              "event: next\ndata: {\"errors\":[{\"message\":\"a\"}]}\n\n"
              "event: complete\ndata: \n\n");
    EXPECT_EQ(sse_single_encoder().result("1", "{}"),
              "event: next\ndata: {\"id\":\"1\",\"payload\":{}}\n\n");
    EXPECT_EQ(sse_single_encoder().complete("1"), "event: complete\ndata: {\"id\":\"1\"}\n\n");
}

TEST(SseSpelling, HasNoLastWords) {
    for (const auto* encoder : {&sse_distinct_encoder(), &sse_single_encoder()}) {
        EXPECT_EQ(encoder->farewell({ErrorCode::token_expired, "", ""}), "");
        EXPECT_EQ(encoder->content_type(), "text/event-stream");
    }
}

/// The contents of the parts, as a client finds them, which knows a part is complete only by the
/// delimiter after it; "end" for the closing delimiter, "incomplete" for what follows the last one.
std::vector<std::string> parts_of(std::string_view body) {
    constexpr std::string_view delimiter = "\r\n--graphql";
    constexpr std::string_view head = "\r\ncontent-type: application/json\r\n\r\n";
    std::vector<std::string> parts;
    EXPECT_TRUE(body.starts_with(delimiter)) << body;
    body.remove_prefix(delimiter.size());
    while (!body.empty()) {
        if (body == "--\r\n") {
            parts.emplace_back("end");
            break;
        }
        const auto end = body.find(delimiter);
        if (!body.starts_with(head) || end == std::string_view::npos) {
            parts.emplace_back("incomplete");
            break;
        }
        parts.emplace_back(body.substr(head.size(), end - head.size()));
        body.remove_prefix(end + delimiter.size());
    }
    return parts;
}

TEST(MultipartSpelling, EveryMessageIsAPartThatIsCompleteAtOnce) {
    const auto& encoder = multipart_encoder();
    using Parts = std::vector<std::string>;
    std::string body(encoder.greeting());
    EXPECT_EQ(parts_of(body), Parts{"{}"});
    body += encoder.result("", R"({"data":{}})");
    body += encoder.keep_alive();
    EXPECT_EQ(parts_of(body), (Parts{"{}", R"({"payload":{"data":{}}})", "{}"}));

    const std::vector<std::string> errors{R"({"message":"a"})"};
    EXPECT_EQ(parts_of(std::string(encoder.greeting()) + encoder.errors("", errors)),
              (Parts{"{}", R"({"payload":{"errors":[{"message":"a"}]}})", "end"}));
    EXPECT_EQ(parts_of(std::string(encoder.greeting()) + encoder.complete("")),
              (Parts{"{}", "end"}));
}

TEST(MultipartSpelling, ErrorsOfTheStreamAreBesideThePayload) {
    const auto& encoder = multipart_encoder();
    const auto farewell = encoder.farewell({ErrorCode::token_expired, "", ""});
    EXPECT_EQ(parts_of(std::string(encoder.greeting()) + farewell),
              (std::vector<std::string>{
                  "{}",
                  R"({"payload":null,"errors":[{"message":"Refresh the token or log in again.",)"
                  R"("extensions":{"code":1203,"name":"token_expired"}}]})",
                  "end"}));
}

}  // namespace
}  // namespace rotacast::graphql
