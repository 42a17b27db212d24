#include "http/fetch.hpp"

#include "http/key_server_for_tests.hpp"
#include "net/certificate_for_tests.hpp"

#include <gtest/gtest.h>

namespace rotacast::http {
namespace {

using namespace std::chrono_literals;
using net::testing::Certificate;
using net::testing::TrustedFile;
using testing::KeyServer;
using testing::ok_answer;

/// The document, or the error's message.
std::string outcome(const std::string& url, FetchLimits limits = {}) {
    Fetch fetch(limits);
    auto document = fetch.get(parse_url(url).value());
    return document ? *document : document.error().message;
}

TEST(Fetch, GetsADocument) {
    KeyServer server(ok_answer("{\"keys\":[]}"));
    EXPECT_EQ(outcome(server.url("/a/b?c=d#e")), "{\"keys\":[]}");
    const auto request = server.last_request();
    EXPECT_TRUE(request.starts_with("GET /a/b?c=d HTTP/1.1\r\n")) << request;
    EXPECT_NE(request.find("Host: 127.0.0.1:"), std::string::npos);
    EXPECT_EQ(request.find("Authorization"), std::string::npos);
    server.answer(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n");
    EXPECT_EQ(outcome(server.url()), "abc");
}

TEST(Fetch, SendsUserAndPasswordOfTheUrl) {
    KeyServer server(ok_answer("x"));
    auto url = server.url();
    url.insert(url.find("127"), "me:p%40ss@");
    EXPECT_EQ(outcome(url), "x");
    EXPECT_NE(server.last_request().find("Authorization: Basic bWU6cEBzcw==\r\n"),
              std::string::npos);
}

TEST(Fetch, OtherStatusesAreRefusedAndRedirectsNotFollowed) {
    KeyServer server("HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\nkeys");
    EXPECT_EQ(outcome(server.url()), "the server answered with status 500");
    server.answer("HTTP/1.1 302 Found\r\nLocation: /else\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(outcome(server.url()),
              "the server answered with status 302; redirects are not followed");
    EXPECT_EQ(server.requests(), 2u);
}

TEST(Fetch, TooLargeADocumentIsRefused) {
    FetchLimits limits;
    limits.body_bytes_max = 10;
    KeyServer server(ok_answer("0123456789"));
    EXPECT_EQ(outcome(server.url(), limits), "0123456789");
    server.answer(ok_answer("0123456789a"));
    EXPECT_EQ(outcome(server.url(), limits), "the document is larger than 10 bytes");
    server.answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n" +
                  std::string(100, 'x'));
    EXPECT_EQ(outcome(server.url(), limits), "the document is larger than 10 bytes");
    server.answer("HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x'));
    EXPECT_EQ(outcome(server.url(), limits), "the answer's head is larger than 16384 bytes");
}

TEST(Fetch, GarbageIsRefused) {
    KeyServer server("220 mail.example ESMTP\r\n\r\n");
    EXPECT_EQ(outcome(server.url()), "the answer is broken off or no HTTP");
}

TEST(Fetch, GivesUpOnAServerThatStops) {
    FetchLimits limits;
    limits.patience = 50ms;
    constexpr const char* too_slow = "there was no whole answer within 50 ms";
    KeyServer server("");
    EXPECT_EQ(outcome(server.url(), limits), too_slow);
    server.answer("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    EXPECT_EQ(outcome(server.url(), limits), too_slow);
}

TEST(Fetch, ATimedOutFetchDoesNotAffectTheNext) {
    FetchLimits limits;
    limits.patience = 200ms;
    KeyServer server("");
    const auto address = parse_url(server.url()).value();
    Fetch fetch(limits);
    EXPECT_FALSE(fetch.get(address));
    server.answer(ok_answer("x"));
    EXPECT_EQ(fetch.get(address).value(), "x");
}

TEST(Fetch, CanBeCancelled) {
    FetchLimits limits;
    limits.patience = 1h;
    KeyServer server("");
    const auto address = parse_url(server.url()).value();
    Fetch fetch(limits);
    std::thread canceller([&] {
        server.await_requests(1);
        fetch.cancel();
    });
    EXPECT_EQ(fetch.get(address).error().message, "the request was cancelled");
    canceller.join();
    EXPECT_EQ(fetch.get(address).error().message, "the request was cancelled");
    EXPECT_EQ(server.requests(), 1u);
}

TEST(Fetch, ReportsThatNobodyListens) {
    std::string url;
    {
        KeyServer server("");
        url = server.url();
    }
    EXPECT_EQ(outcome(url), "the server cannot be reached");
}

TEST(FetchByTls, AcceptsCertificatesThatTheSystemTrusts) {
    Certificate certificate("IP:127.0.0.1");
    KeyServer server(ok_answer("x"), &certificate.tls());
    EXPECT_EQ(outcome(server.url()),
              "its certificate is signed by an authority that this machine does not know");
    const TrustedFile trusted(certificate.file());
    EXPECT_EQ(outcome(server.url()), "x");
    EXPECT_EQ(server.requests(), 1u);
}

TEST(FetchByTls, RefusesACertificateOfAnotherName) {
    Certificate certificate("DNS:id.example,IP:127.0.0.2");
    KeyServer server(ok_answer("x"), &certificate.tls());
    const TrustedFile trusted(certificate.file());
    EXPECT_EQ(outcome(server.url()), "its certificate is for another name");
    EXPECT_EQ(server.requests(), 0u);
}

}  // namespace
}  // namespace rotacast::http
