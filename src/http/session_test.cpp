#include "http/session.hpp"

#include "http/session_for_tests.hpp"

#include <utility>

#include <poll.h>

namespace rotacast::http {
namespace {

using testing::has;
using testing::HttpSessionTest;
using testing::RawClient;

TEST_F(HttpSessionTest, AnswersWithHeadersThatKeepBrowsersFromGuessing) {
    const auto answer =
        ask("POST /echo HTTP/1.1\r\nHost: x\r\nX-Request-ID: abc-1\r\nContent-Length: 2\r\n\r\n{}");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\n{}")) << answer;
    EXPECT_TRUE(has(answer, "X-Content-Type-Options: nosniff\r\n"));
    EXPECT_TRUE(has(answer, "X-Frame-Options: DENY\r\n"));
    EXPECT_TRUE(has(answer, "Referrer-Policy: no-referrer\r\n"));
    EXPECT_TRUE(has(answer, "Cache-Control: no-store\r\n"));
    EXPECT_TRUE(has(answer, "Server: rotacast\r\n"));
    EXPECT_TRUE(has(answer, "X-Request-ID: abc-1\r\n"));
}

TEST_F(HttpSessionTest, AnswersErrorsInTheFormThatIsAskedFor) {
    const std::string accept = "Host: x\r\nAccept: application/problem+json\r\n";
    const auto answer = ask("GET /none/here HTTP/1.1\r\nX-Request-ID: abc-1\r\n" + accept + "\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 404 Not Found\r\n")) << answer;
    EXPECT_TRUE(has(answer, "Content-Type: application/problem+json\r\n")) << answer;
    EXPECT_TRUE(has(answer, R"("instance":"/none/here#abc-1")")) << answer;
    const auto body = answer.substr(answer.find("\r\n\r\n") + 4);
    EXPECT_TRUE(has(answer, "Content-Length: " + std::to_string(body.size()) + "\r\n")) << answer;

    const auto upgrade = ask("GET /ws HTTP/1.1\r\n" + accept + "\r\n");
    EXPECT_TRUE(has(upgrade, R"("status":426,)")) << upgrade;
    const auto fault = ask("GET /broken HTTP/1.1\r\n" + accept + "\r\n");
    EXPECT_TRUE(has(fault, R"("name":"internal")")) << fault;
    const auto late =
        ask_for_the_last_time("POST /echo HTTP/1.1\r\n" + accept + "Content-Length: 3\r\n\r\n{}");
    EXPECT_TRUE(late.starts_with("HTTP/1.1 408 ")) << late;
    EXPECT_TRUE(has(late, R"("status":408,)")) << late;
    const auto target = ask_for_the_last_time("GET /%zz HTTP/1.1\r\n" + accept + "\r\n");
    EXPECT_TRUE(has(target, R"("status":400,)")) << target;
    const auto long_body =
        ask_for_the_last_time("POST /echo HTTP/1.1\r\n" + accept + "Content-Length: 2001\r\n\r\n");
    EXPECT_TRUE(has(long_body, R"("status":413,)")) << long_body;
    const auto header =
        ask_for_the_last_time("GET /echo HTTP/1.1\r\n" + accept + "Bad Header: 1\r\n\r\n");
    EXPECT_TRUE(has(header, R"("status":400,)")) << header;
    const auto good = ask("GET /items/x/show HTTP/1.1\r\n" + accept + "\r\n");
    EXPECT_TRUE(has(good, "Content-Type: text/plain\r\n")) << good;
}

TEST_F(HttpSessionTest, AnswersPipelinedRequestsInOrder) {
    RawClient client(server_.port());
    std::string requests;
    for (int i = 0; i < 50; ++i) {
        requests +=
            "GET /items/n" + std::to_string(i) + "/show?q=a%20b HTTP/1.1\r\nHost: x\r\n\r\n";
    }
    client.send(requests);
    for (int i = 0; i < 50; ++i) {
        EXPECT_TRUE(client.read_response().ends_with("n" + std::to_string(i) + "|a b"));
    }
}

TEST_F(HttpSessionTest, ReadsRequestsThatArriveByteByByte) {
    RawClient client(server_.port());
    for (const char c :
         std::string("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")) {
        client.send({&c, 1});
    }
    EXPECT_TRUE(client.read_response().ends_with("abc"));
}

// `fetch` and the address bar send these characters as they are.
TEST_F(HttpSessionTest, ReadsQueriesAsBrowsersSendThem) {
    const auto answer = ask("GET /items/a/show?q={b|c[0]}^`\\ HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(answer.ends_with("\r\n\r\na|{b|c[0]}^`\\")) << answer;
    const auto path = ask_for_the_last_time("GET /items/{a}/show HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(path.starts_with("HTTP/1.1 400 ")) << path;
}

TEST_F(HttpSessionTest, ReadsChunkedBodies) {
    EXPECT_TRUE(ask("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                    "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
                    .ends_with("\r\n\r\nabcde"));
}

// A proxy that reads the body otherwise would take its end for another user's request.
TEST_F(HttpSessionTest, ABodyOfUnknownCodingIsNotTheNextRequest) {
    const std::pair<const char*, const char*> rows[] = {
        {"gzip, chunked", "501"},
        {"gzip,\tCHUNKED", "501"},
        {"gzip", "400"},
        {"identity", "400"},
        {"xchunked", "400"},
        {"chunked, identity", "400"},
        {"chunked, chunked", "400"},
        {"chunked\r\nTransfer-Encoding: gzip", "400"},
        {"", "400"}};
    for (const auto& [codings, status] : rows) {
        RawClient client(server_.port());
        client.send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: " + std::string(codings) +
                    "\r\n\r\nGET /items/x/show HTTP/1.1\r\nHost: x\r\n\r\n");
        const auto answer = client.read_all();
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + std::string(status) + ' ')) << codings;
        EXPECT_TRUE(has(answer, "Connection: close\r\n")) << answer;
        EXPECT_FALSE(has(answer, "x|none")) << codings;
    }
    EXPECT_TRUE(ask("POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
                    .starts_with("HTTP/1.0 400 "));
    EXPECT_TRUE(ask("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n"
                    "3\r\nabc\r\n0\r\n\r\n")
                    .ends_with("\r\n\r\nabc"));
}

TEST_F(HttpSessionTest, AnswersHeadWithoutABody) {
    RawClient client(server_.port());
    client.send("HEAD /items/x/show HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const auto answer = client.read_all();
    EXPECT_TRUE(has(answer, "Content-Length: 6\r\n")) << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
}

TEST_F(HttpSessionTest, GoesOnAfterHead) {
    RawClient client(server_.port());
    client.send(
        "HEAD /items/x/show HTTP/1.1\r\nHost: x\r\n\r\nHEAD /nothing HTTP/1.1\r\nHost: x\r\n\r\n"
        "GET /items/x/show HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(client.read_until("\r\n\r\n").starts_with("HTTP/1.1 200 "));
    EXPECT_TRUE(client.read_until("\r\n\r\n").starts_with("HTTP/1.1 404 "));
    EXPECT_TRUE(client.read_response().ends_with("x|none"));
    // Nor has the response to a head that is none a body.
    const auto refused = ask_for_the_last_time("HEAD /items/x/show HTTP/1.1\r\n\r\n");
    EXPECT_TRUE(refused.starts_with("HTTP/1.1 400 ")) << refused;
    EXPECT_TRUE(refused.ends_with("\r\n\r\n")) << refused;
}

TEST_F(HttpSessionTest, ClosesWhenTheClientAsksForIt) {
    const auto answer = ask_for_the_last_time(
        "GET /items/x/show/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(has(answer, "Connection: close\r\n")) << answer;
    EXPECT_TRUE(answer.ends_with("x|none")) << answer;
}

TEST_F(HttpSessionTest, AsksForTheBodyOfExpectContinue) {
    RawClient client(server_.port());
    client.send(
        "POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("ok");
    EXPECT_TRUE(client.read_response().ends_with("ok"));
}

TEST_F(HttpSessionTest, RefusesUnknownPathsAndMethods) {
    const auto unknown = ask("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(unknown.starts_with("HTTP/1.1 404 ")) << unknown;
    EXPECT_TRUE(has(unknown, R"("name":"not_found")")) << unknown;
    const auto method = ask("DELETE /echo HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(method.starts_with("HTTP/1.1 405 ")) << method;
    EXPECT_TRUE(has(method, "Allow: POST, OPTIONS\r\n")) << method;
}

TEST_F(HttpSessionTest, AnswersOptionsWithTheMethodsOfTheRoute) {
    const std::pair<std::string, std::string> cases[] = {
        {"/echo", "POST, OPTIONS"},
        {"/items/x/show", "GET, HEAD, OPTIONS"},
        {"/ws", "GET, OPTIONS"},
        {"/feed", "GET, HEAD, POST, PUT, OPTIONS"}};
    RawClient client(server_.port());
    for (const auto& [path, methods] : cases) {
        client.send("OPTIONS " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
        const auto answer = client.read_until("\r\n\r\n");
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 204 ")) << answer;
        EXPECT_TRUE(has(answer, "\r\nAllow: " + methods + "\r\n")) << answer;
        // RFC 9110 §8.6
        EXPECT_FALSE(has(answer, "Content-Length")) << answer;
    }
    EXPECT_TRUE(ask("OPTIONS /nothing HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 404 "));
}

// A page must be able to read why its request was refused, also where no route was asked.
TEST_F(HttpSessionTest, AnAllowedPageMayReadEveryResponse) {
    const std::string origin = "\r\nHost: x\r\nOrigin: https://app.example\r\n";
    const std::pair<std::string, std::string> cases[] = {
        {"GET /items/x/show HTTP/1.1" + origin + "\r\n", "200"},
        {"GET /nothing HTTP/1.1" + origin + "\r\n", "404"},
        {"DELETE /echo HTTP/1.1" + origin + "\r\n", "405"},
        {"GET /ws HTTP/1.1" + origin + "\r\n", "426"},
        {"GET /broken HTTP/1.1" + origin + "\r\n", "500"},
        {"POST /closed HTTP/1.1" + origin + "Content-Length: 5\r\n\r\n", "401"},
        {"POST /echo HTTP/1.1" + origin + "Content-Length: 2001\r\n\r\n", "413"},
        {"POST /echo HTTP/1.1" + origin + "Content-Length: 5\r\n\r\nab", "408"},
        {"POST /echo HTTP/1.1" + origin + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", "400"},
        {"GET /e%zz HTTP/1.1" + origin + "\r\n", "400"},
        {"GET /echo HTTP/1.1" + origin + "Host: y\r\n\r\n", "400"},
    };
    for (const auto& [request, status] : cases) {
        const auto answer = ask(request);
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + status)) << request << answer;
        EXPECT_TRUE(has(answer, "\r\nAccess-Control-Allow-Origin: https://app.example\r\n"))
            << request << answer;
        EXPECT_TRUE(has(answer, "\r\nAccess-Control-Expose-Headers: X-Request-ID")) << answer;
        EXPECT_TRUE(has(answer, "\r\nVary: Origin\r\n")) << request << answer;
    }
}

TEST_F(HttpSessionTest, AForeignPageIsTheSameToEveryRoute) {
    for (const std::string request :
         {"GET /items/x/show", "GET /nothing", "DELETE /echo", "GET /ws"}) {
        const auto answer =
            ask(request + " HTTP/1.1\r\nHost: x\r\nOrigin: https://evil.example\r\n\r\n");
        EXPECT_FALSE(has(answer, "Access-Control-")) << answer;
        EXPECT_TRUE(has(answer, "\r\nVary: Origin\r\n")) << answer;
    }
}

TEST_F(HttpSessionTest, ManyPreflightsOnOneConnectionAreAllAnswered) {
    const std::string preflight =
        "OPTIONS /echo HTTP/1.1\r\nHost: x\r\nOrigin: https://app.example\r\n"
        "Access-Control-Request-Method: POST\r\n"
        "Access-Control-Request-Headers: content-type\r\n\r\n";
    RawClient client(server_.port());
    for (int i = 0; i < 300; ++i) {
        client.send(preflight);
        const auto answer = client.read_until("\r\n\r\n");
        ASSERT_TRUE(answer.starts_with("HTTP/1.1 204 ")) << answer;
        ASSERT_TRUE(has(answer, "\r\nAccess-Control-Allow-Methods: POST, OPTIONS\r\n")) << answer;
        ASSERT_TRUE(has(answer, "\r\nAccess-Control-Allow-Headers: content-type\r\n")) << answer;
    }
    client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}");
    EXPECT_TRUE(client.read_response().ends_with("{}"));
}

TEST_F(HttpSessionTest, RefusesInputThatIsNotHttp) {
    for (const std::string bad : {"nonsense\r\n\r\n",
                                  "GET /echo HTTP/9.9\r\nHost: x\r\n\r\n",
                                  "GET /echo HTTP/1.1\r\n\r\n",
                                  "GET /e%zz HTTP/1.1\r\nHost: x\r\n\r\n",
                                  "GET /echo HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n\r\n",
                                  "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n"}) {
        const auto answer = ask(bad);
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << bad << answer;
        EXPECT_TRUE(has(answer, R"({"error":{"code":1008,"name":"bad_request")")) << answer;
        EXPECT_TRUE(has(answer, "Connection: close\r\n")) << answer;
    }
}

TEST_F(HttpSessionTest, RefusesHeadersOverTheBound) {
    const auto answer = ask_for_the_last_time(
        "GET /echo HTTP/1.1\r\nHost: x\r\nX-Long: " + std::string(5000, 'x') + "\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 431 ")) << answer;
}

TEST_F(HttpSessionTest, RefusesManySmallHeadersOverTheBound) {
    std::string request = "GET /echo HTTP/1.1\r\nHost: x\r\n";
    for (int i = 0; i < 200; ++i) request += "X-" + std::to_string(i) + ": y\r\n";
    const auto answer = ask_for_the_last_time(request);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 431 ")) << answer;
}

TEST_F(HttpSessionTest, RefusesBodiesOverTheBoundAnnouncedOrNot) {
    const auto announced = ask(
        "POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2001\r\n\r\n");
    EXPECT_TRUE(announced.starts_with("HTTP/1.1 413 ")) << announced;
    const auto there = ask("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2001\r\n\r\n" +
                           std::string(2001, 'x'));
    EXPECT_TRUE(there.starts_with("HTTP/1.1 413 ")) << there;
    std::string chunked = "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 300; ++i) chunked += "a\r\n0123456789\r\n";
    const auto answer = ask(chunked);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 413 ")) << answer;
    EXPECT_TRUE(has(answer, R"("name":"too_large")")) << answer;
}

TEST_F(HttpSessionTest, TimesOutRequestsThatDoNotEnd) {
    RawClient head(server_.port());
    head.send("GET /echo HTTP/1.1\r\nHo");
    EXPECT_TRUE(head.read_all().starts_with("HTTP/1.1 408 "));
    RawClient body(server_.port());
    body.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab");
    EXPECT_TRUE(body.read_all().starts_with("HTTP/1.1 408 "));
    RawClient silent(server_.port());
    EXPECT_EQ(silent.read_all(), "");
}

// A slow client gets no extra time for sending: a byte now and then, until it is disconnected (but
// too few to exceed the bound on bytes).
TEST_F(HttpSessionTest, TimesOutSlowHeadsAndBodiesThatKeepArriving) {
    for (const std::string start : {"GET /ws HTTP/1.1\r\nUpgrade: websocket\r\nX-Slow: ",
                                    "GET /items/x/show HTTP/1.1\r\nHost: x\r\n\r\n"
                                    "GET /echo HTTP/1.1\r\nX-Slow: "}) {
        RawClient client(server_.port());
        client.send(start);
        if (has(start, "show")) client.read_response();
        pollfd answer{client.descriptor(), POLLIN, 0};
        for (int sent = 0; sent < 500 && ::poll(&answer, 1, 20) == 0; ++sent) client.send("x");
        EXPECT_TRUE(client.read_all().starts_with("HTTP/1.1 408 ")) << start;
    }
}

TEST_F(HttpSessionTest, HidesAHandlersExceptionAndContinues) {
    RawClient client(server_.port());
    client.send("GET /broken HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto answer = client.read_response();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 500 ")) << answer;
    EXPECT_FALSE(has(answer, "secret")) << answer;
    client.send("GET /items/x/show HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(client.read_response().ends_with("x|none"));
}

TEST_F(HttpSessionTest, ReportsWhatIsWrongWithAWebSocketHandshake) {
    const std::string upgrade =
        "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n";
    const std::string key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    const auto plain = ask("GET /ws HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(plain.starts_with("HTTP/1.1 426 ")) << plain;
    EXPECT_TRUE(has(plain, "Upgrade: websocket\r\n")) << plain;
    const auto version = ask(upgrade + key + "Sec-WebSocket-Version: 8\r\n\r\n");
    EXPECT_TRUE(version.starts_with("HTTP/1.1 426 ")) << version;
    EXPECT_TRUE(has(version, "Sec-WebSocket-Version: 13\r\n")) << version;
    EXPECT_TRUE(has(version, "Upgrade: websocket\r\n")) << version;
    const auto no_key = ask(upgrade + "Sec-WebSocket-Version: 13\r\n\r\n");
    EXPECT_TRUE(no_key.starts_with("HTTP/1.1 400 ")) << no_key;
    const auto bad_key =
        ask(upgrade + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n\r\n");
    EXPECT_TRUE(bad_key.starts_with("HTTP/1.1 400 ")) << bad_key;
    const auto refused = ask(upgrade + key + "Sec-WebSocket-Version: 13\r\n\r\n");
    EXPECT_TRUE(refused.starts_with("HTTP/1.1 401 ")) << refused;
    EXPECT_TRUE(has(refused, "WWW-Authenticate: Bearer\r\n")) << refused;
}

TEST_F(HttpSessionTest, RespondsFromTheHeadWhenTheHandlerDoesNotReadTheBody) {
    // More than a body may have, which is not what is wrong.
    const std::string rest = " HTTP/1.1\r\nHost: x\r\nContent-Length: 2001\r\n";
    for (const std::string expect : {"", "Expect: 100-continue\r\n"}) {
        const std::pair<std::string, std::string> cases[] = {
            {"POST /closed", "401"}, {"POST /nothing", "404"}, {"PUT /echo", "405"}};
        for (const auto& [line, status] : cases) {
            RawClient client(server_.port());
            auto request = line;
            client.send(request.append(rest).append(expect).append("\r\n"));
            const auto answer = client.read_all();
            EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + status)) << line << answer;
            EXPECT_TRUE(has(answer, "Connection: close\r\n")) << line << answer;
        }
    }
}

// A client that reads only after writing everything must get the response, not a reset.
TEST_F(HttpSessionTest, ReadsTheRestOfABodyThatTheHandlerDidNotRead) {
    RawClient client(server_.port());
    client.send("POST /closed HTTP/1.1\r\nHost: x\r\nContent-Length: 1900\r\n\r\n");
    const auto answer = client.read_response();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 401 ")) << answer;
    for (int i = 0; i < 19; ++i) client.send(std::string(100, 'x'));
    EXPECT_EQ(client.read_all(), "");
}

// Longer than a client may be silent: who still sends is only slow.
TEST_F(HttpSessionTest, ReadsTheRestOfABodyThatComesSlowly) {
    RawClient client(server_.port());
    client.send("POST /closed HTTP/1.1\r\nHost: x\r\nContent-Length: 1900\r\n\r\n");
    pollfd hung_up{client.descriptor(), 0, 0};
    for (int i = 0; i < 60; ++i) {
        client.send("x");
        ASSERT_EQ(::poll(&hung_up, 1, 50), 0) << "reset after " << i << " bytes";
    }
    EXPECT_TRUE(client.read_all().starts_with("HTTP/1.1 401 "));
}

TEST_F(HttpSessionTest, KeepsTheConnectionWhenTheBodyArrivedWithTheHead) {
    RawClient client(server_.port());
    client.send(
        "POST /closed HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
        "GET /items/x/show HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(client.read_response().starts_with("HTTP/1.1 401 "));
    EXPECT_TRUE(client.read_response().ends_with("x|none"));
}

}  // namespace
}  // namespace rotacast::http
