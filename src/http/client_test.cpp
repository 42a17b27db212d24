#include "http/client.hpp"

#include "http/key_server_for_tests.hpp"
#include "net/address_policy.hpp"
#include "net/certificate_for_tests.hpp"
#include "net/client_tls.hpp"

#include <gtest/gtest.h>

namespace rotacast::http {
namespace {

using namespace std::chrono_literals;
using net::TlsTrouble;
using net::testing::Certificate;
using net::testing::TrustedFile;
using testing::KeyServer;
using testing::ok_answer;

ClientRequest request_to(const std::string& url) {
    return ClientRequest{parse_url(url).value()};
}

ClientResult send(const std::string& url, ClientOptions options = {}) {
    Client client(std::move(options));
    return client.send(request_to(url));
}

/// The name of the failure, or the status.
std::string outcome(const std::string& url, ClientOptions options = {}) {
    const auto result = send(url, std::move(options));
    return result ? std::to_string(result->status) : std::string(to_string(result.error().kind));
}

TEST(Client, SendsAMethodHeadersAndABody) {
    KeyServer server("HTTP/1.1 404 Not Found\r\nX-Why: because\r\nContent-Length: 2\r\n\r\nno");
    auto request = request_to(server.url("/hook?a=b"));
    request.method = http::verb::post;
    request.headers = {{"Content-Type", "application/json"}, {"X-One", "1"}};
    request.body = std::string(100'000, 'x');
    Client client({});
    const auto response = client.send(request);
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->status, 404u);
    EXPECT_EQ(response->headers["x-why"], "because");
    EXPECT_EQ(response->body, "no");
    const auto received = server.last_request();
    EXPECT_TRUE(received.starts_with("POST /hook?a=b HTTP/1.1\r\n"));
    EXPECT_NE(received.find("Content-Type: application/json\r\n"), std::string::npos);
    EXPECT_NE(received.find("X-One: 1\r\n"), std::string::npos);
    EXPECT_NE(received.find("Content-Length: 100000\r\n"), std::string::npos);
    EXPECT_TRUE(received.ends_with("\r\n\r\n" + request.body));
}

TEST(Client, SkipsInterimResponses) {
    KeyServer server("HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" + ok_answer("x"));
    EXPECT_EQ(send(server.url())->body, "x");
}

TEST(Client, DoesNotWaitForAnUnwantedBody) {
    ClientOptions options;
    options.wants_body = false;
    options.patience = 1h;
    KeyServer server("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nhalf");
    EXPECT_EQ(outcome(server.url(), options), "200");
}

TEST(Client, NamesTheFailure) {
    ClientOptions options;
    options.body_bytes_max = 10;
    KeyServer server("220 mail.example ESMTP\r\n\r\n");
    EXPECT_EQ(outcome(server.url(), options), "bad_answer");
    server.answer(ok_answer("0123456789a"));
    EXPECT_EQ(outcome(server.url(), options), "answer_too_large");
    options.patience = 50ms;
    server.answer("");
    EXPECT_EQ(outcome(server.url(), options), "timeout");
    std::string nobody;
    {
        KeyServer gone("");
        nobody = gone.url();
    }
    EXPECT_EQ(outcome(nobody), "connect_refused");
    EXPECT_EQ(outcome("http://no..name/"), "name_unresolved");
}

TEST(Client, ChecksEveryAddressBeforeItConnects) {
    KeyServer server(ok_answer("x"));
    std::vector<std::string> asked;
    ClientOptions options;
    options.allows = [&](const boost::asio::ip::address& address) {
        asked.push_back(address.to_string());
        return true;
    };
    EXPECT_EQ(outcome(server.url(), options), "200");
    EXPECT_EQ(asked, (std::vector<std::string>{"127.0.0.1"}));
}

TEST(Client, RefusedAddressesAreNotConnectedTo) {
    KeyServer server(ok_answer("x"));
    ClientOptions options;
    options.allows = net::is_public;
    const auto port = server.url("").substr(std::string("http://127.0.0.1").size());
    // Other spellings of this machine's address, which only the resolver understands.
    for (const auto* host : {"127.0.0.1", "127.1", "2130706433", "0x7f.1", "localhost"})
        EXPECT_EQ(outcome("http://" + std::string(host) + port + '/', options), "address_refused")
            << host;
    EXPECT_EQ(server.requests(), 0u);
}

ClientOptions keeping() {
    ClientOptions options;
    options.keeps_connection = true;
    return options;
}

ClientOptions keeping_without_bodies() {
    auto options = keeping();
    options.wants_body = false;
    return options;
}

/// Whether the kept connection can be used as soon as the rest of the response has arrived.
bool becomes_ready(const Client& client, const Url& url) {
    const auto end = std::chrono::steady_clock::now() + 10s;
    while (!client.is_connected_to(url)) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::yield();
    }
    return true;
}

TEST(Client, KeepsItsConnectionIfConfigured) {
    KeyServer server(ok_answer("x"));
    Client client(keeping());
    for (int i = 0; i < 3; ++i) EXPECT_EQ(client.send(request_to(server.url()))->body, "x");
    EXPECT_TRUE(client.is_connected_to(parse_url(server.url("/other")).value()));
    EXPECT_EQ(server.connections(), 1u);
    EXPECT_EQ(server.last_request().find("Connection:"), std::string::npos);
    EXPECT_EQ(outcome(server.url()), "200");
    EXPECT_NE(server.last_request().find("Connection: close\r\n"), std::string::npos);
    EXPECT_EQ(server.connections(), 2u);
}

TEST(Client, ConnectsAgainWhenTheServerHasEndedAKeptConnection) {
    KeyServer server(ok_answer("x"));
    Client client(keeping());
    for (std::size_t i = 1; i <= 3; ++i) {
        EXPECT_EQ(client.send(request_to(server.url()))->body, "x");
        EXPECT_EQ(server.connections(), i);
        server.close_connections();
    }
    EXPECT_EQ(server.requests(), 3u);
}

TEST(Client, SendsAgainWhenTheServerEndsAKeptConnectionAtThatMoment) {
    KeyServer server(ok_answer("x"));
    Client client(keeping());
    EXPECT_EQ(client.send(request_to(server.url()))->body, "x");
    server.drop_next_request();
    const auto again = client.send(request_to(server.url()));
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->body, "x");
    EXPECT_EQ(server.requests(), 3u);
    EXPECT_EQ(server.connections(), 2u);
    server.drop_next_request();
    EXPECT_EQ(outcome(server.url(), keeping()), "connection_broken") << "it was a new connection";
    EXPECT_EQ(server.requests(), 4u);
}

TEST(Client, TakesNothingThatCameUnaskedForAnAnswer) {
    KeyServer server(ok_answer("x"));
    Client client(keeping());
    EXPECT_EQ(client.send(request_to(server.url()))->body, "x");
    server.send_unasked("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(client.send(request_to(server.url()))->status, 200u);
    EXPECT_EQ(server.connections(), 2u);
}

TEST(Client, KeepsNoConnectionThatHasMoreToReadOrThatTheServerWillClose) {
    Client client(keeping_without_bodies());
    KeyServer server("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nhalf");
    EXPECT_EQ(client.send(request_to(server.url()))->status, 200u);
    EXPECT_FALSE(client.is_connected_to(parse_url(server.url()).value()));
    server.answer("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(client.send(request_to(server.url()))->status, 200u);
    EXPECT_FALSE(client.is_connected_to(parse_url(server.url()).value()));
    server.answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 unasked");
    EXPECT_EQ(client.send(request_to(server.url()))->status, 200u);
    EXPECT_FALSE(client.is_connected_to(parse_url(server.url()).value()));
    server.answer("HTTP/1.1 204 No Content\r\n\r\n");
    EXPECT_EQ(client.send(request_to(server.url()))->status, 204u);
    EXPECT_TRUE(client.is_connected_to(parse_url(server.url()).value()));
}

// Many servers of Python write the head and the body separately.
TEST(Client, KeepsAConnectionWhoseUnwantedBodyArrivesBeforeTheNextRequest) {
    Client client(keeping_without_bodies());
    KeyServer server("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n");
    const auto url = parse_url(server.url()).value();
    const auto status = [&] { return client.send(request_to(server.url()))->status; };
    EXPECT_EQ(status(), 200u);
    EXPECT_TRUE(client.keeps_connection());
    EXPECT_FALSE(client.is_connected_to(url));
    server.send_unasked("{\"ok\":");
    EXPECT_FALSE(client.is_connected_to(url));
    server.send_unasked("true}");
    EXPECT_TRUE(becomes_ready(client, url));
    EXPECT_EQ(status(), 200u);
    EXPECT_EQ(server.connections(), 1u);
    EXPECT_EQ(status(), 200u) << "on a new connection";
    EXPECT_EQ(server.connections(), 2u);
    server.answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ntr");
    EXPECT_EQ(status(), 200u);
    server.send_unasked("ue\r\n0\r\n");
    EXPECT_FALSE(client.is_connected_to(url));
    server.send_unasked("\r\n");
    EXPECT_TRUE(becomes_ready(client, url));
    EXPECT_EQ(status(), 200u);
    server.send_unasked("ue\r\n0\r\n\r\nmore");
    EXPECT_FALSE(client.is_connected_to(url)) << "nobody asked for more";
}

TEST(Client, ReadsOnlyAShortUnwantedBody) {
    Client client(keeping_without_bodies());
    KeyServer server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5000\r\n");
    EXPECT_EQ(client.send(request_to(server.url()))->status, 200u);
    server.send_unasked(std::string(0x5000, 'x') + "\r\n0\r\n\r\n");
    EXPECT_FALSE(client.is_connected_to(parse_url(server.url()).value()));
    server.answer("HTTP/1.1 200 OK\r\n\r\nuntil the end");
    EXPECT_EQ(client.send(request_to(server.url()))->status, 200u);
    EXPECT_FALSE(client.keeps_connection());
}

TEST(Client, SendsToEachServerOnAConnectionOfItsOwn) {
    KeyServer one(ok_answer("1"));
    KeyServer two(ok_answer("2"));
    Client client(keeping());
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(client.send(request_to(one.url()))->body, "1");
        EXPECT_EQ(client.send(request_to(two.url()))->body, "2");
    }
}

TEST(HttpClientByTls, KeepsItsConnection) {
    Certificate certificate("IP:127.0.0.1");
    KeyServer server(ok_answer("x"), &certificate.tls());
    const TrustedFile trusted(certificate.file());
    Client client(keeping());
    for (int i = 0; i < 3; ++i) EXPECT_EQ(client.send(request_to(server.url()))->body, "x");
    EXPECT_EQ(server.connections(), 1u);
}

TEST(HttpClientByTls, KeepsItsConnectionIfTheUnwantedBodyArrivesLate) {
    Certificate certificate("IP:127.0.0.1");
    KeyServer server("", &certificate.tls());
    const TrustedFile trusted(certificate.file());
    Client client(keeping_without_bodies());
    const auto url = parse_url(server.url()).value();
    server.answer("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nok");
    EXPECT_EQ(client.send(request_to(server.url()))->status, 200u);
    EXPECT_FALSE(client.is_connected_to(url)) << "half of it is missing";
    server.answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", "ok");
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(client.send(request_to(server.url()))->status, 200u);
        EXPECT_TRUE(becomes_ready(client, url));
    }
    EXPECT_EQ(server.connections(), 2u);
}

TEST(HttpClientByTls, TrustsTheSystemsCertificates) {
    Certificate certificate("IP:127.0.0.1");
    KeyServer server(ok_answer("x"), &certificate.tls());
    EXPECT_EQ(outcome(server.url()), "tls");
    const TrustedFile trusted(certificate.file());
    ClientOptions options;
    options.tls = net::make_client_tls();
    EXPECT_EQ(outcome(server.url(), options), "200");
    EXPECT_EQ(outcome(server.url(), options), "200");
}

/// The request's failure, for people and for programs.
Failure failure(const std::string& url, const std::string& ca_file = "") {
    ClientOptions options;
    if (!ca_file.empty()) options.tls = net::make_client_tls(ca_file);
    const auto result = send(url, options);
    return result ? Failure{FailureKind::timeout, "there was an answer"} : result.error();
}

TEST(HttpClientByTls, TrustsTheCertificatesOfAFileAndNoOthers) {
    Certificate certificate("IP:127.0.0.1");
    Certificate other("IP:127.0.0.1");
    KeyServer server(ok_answer("x"), &certificate.tls());
    EXPECT_EQ(failure(server.url(), certificate.file()).message, "there was an answer");
    const TrustedFile trusted(certificate.file());
    EXPECT_EQ(failure(server.url(), other.file()).trouble, TlsTrouble::unknown_authority);
    EXPECT_EQ(net::make_client_tls("/nonexistent/ca.pem"), nullptr);
    EXPECT_EQ(net::make_client_tls(certificate.key_file()), nullptr) << "no certificate";
}

TEST(HttpClientByTls, SaysWhatIsWrongWithACertificate) {
    Certificate unknown("IP:127.0.0.1");
    KeyServer server(ok_answer("x"), &unknown.tls());
    EXPECT_EQ(failure(server.url()).trouble, TlsTrouble::unknown_authority);
    Certificate foreign("DNS:rota.example,IP:192.0.2.1");
    KeyServer elsewhere(ok_answer("x"), &foreign.tls());
    EXPECT_EQ(failure(elsewhere.url(), foreign.file()).trouble, TlsTrouble::other_name);
    auto by_name = elsewhere.url();
    by_name.replace(by_name.find("127.0.0.1"), 9, "localhost");
    EXPECT_EQ(failure(by_name, foreign.file()).trouble, TlsTrouble::other_name);
    Certificate expired("IP:127.0.0.1", -1h);
    KeyServer late(ok_answer("x"), &expired.tls());
    EXPECT_EQ(failure(late.url(), expired.file()).trouble, TlsTrouble::expired);
}

}  // namespace
}  // namespace rotacast::http
