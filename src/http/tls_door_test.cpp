// Clients that speak something else than the port: HTTP to TLS, TLS to HTTP.

#include "http/session.hpp"

#include "http/client.hpp"
#include "http/loopback_for_tests.hpp"
#include "net/certificate_for_tests.hpp"
#include "net/client_tls.hpp"
#include "net/tls.hpp"

#include <gtest/gtest.h>

namespace rotacast::http {
namespace {

using namespace std::chrono_literals;
using net::testing::Certificate;
using testing::LoopbackServer;
using testing::RawClient;

asio::awaitable<Response> hello(RequestContext&) {
    co_return content_response(http::status::ok, "text/plain", "hello");
}

std::shared_ptr<const Router> hello_router() {
    auto router = std::make_shared<Router>();
    router->add(http::verb::get, "/hello", hello);
    return router;
}

net::ListenerOptions listening_with(const Certificate& certificate) {
    net::ListenerOptions options;
    const auto loaded = net::load_certificate({certificate.file(), certificate.key_file()}).value();
    options.tls = [context = loaded.context] { return context; };
    return options;
}

class TlsDoorTest : public ::testing::Test {
  protected:
    std::string answer_to(std::string_view bytes) {
        RawClient client(server_.port());
        client.send(bytes);
        return client.read_all();
    }

    Certificate certificate_{"IP:127.0.0.1"};
    LoopbackServer server_{hello_router(), {}, listening_with(certificate_)};
};

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

TEST_F(TlsDoorTest, TellsPlainHttpToUseTls) {
    const auto answer =
        answer_to("GET /hello?token=geheim HTTP/1.1\r\nHost: rota.example:8443\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << answer;
    EXPECT_TRUE(has(answer, "use https://rota.example:8443/, and wss://")) << answer;
    EXPECT_TRUE(has(answer, "Connection: close\r\n")) << answer;
    EXPECT_FALSE(has(answer, "geheim")) << answer;
}

// read_all() throws if a reset overtakes the answer.
TEST_F(TlsDoorTest, ReadsTheRestOfTheRequestBeforeItCloses) {
    const auto answer =
        answer_to("POST /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n" +
                  std::string(2'000'000, 'x'));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << answer;
}

TEST_F(TlsDoorTest, TellsWhateverBeginsLikeHttp) {
    for (const std::string begin : {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                                    "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nGET / HTTP/1.1\r\n\r\n",
                                    "GET / HTTP/1.1\r\nHost: a b<script>\r\n\r\n"}) {
        const auto answer = answer_to(begin);
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << answer;
        EXPECT_TRUE(has(answer, "This port speaks TLS: use https://, and wss://")) << answer;
    }
    EXPECT_TRUE(has(answer_to("G" + std::string(100'000, 'x')), "This port speaks TLS"));
}

TEST_F(TlsDoorTest, EndsWhatIsNeither) {
    EXPECT_EQ(answer_to(std::string(100, '\0')), "");
}

TEST_F(TlsDoorTest, DoesNotWaitForeverForTheFirstByteOrForTheRest) {
    SessionOptions options;
    options.header_timeout = 300ms;
    LoopbackServer hasty(hello_router(), options, listening_with(certificate_));
    RawClient silent(hasty.port());
    RawClient slow(hasty.port());
    slow.send("GET / HT");
    EXPECT_EQ(silent.read_all(), "");
    EXPECT_TRUE(has(slow.read_all(), "This port speaks TLS"));
}

TEST_F(TlsDoorTest, ServesTls) {
    ClientOptions options;
    options.tls = net::make_client_tls(certificate_.file());
    Client client(options);
    const auto url = "https://127.0.0.1:" + std::to_string(server_.port()) + "/hello";
    const auto response = client.send({parse_url(url).value()});
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->body, "hello");
}

TEST(PlainDoor, AnswersTlsAtOnce) {
    LoopbackServer server(hello_router());
    RawClient client(server.port());
    // The begin of a ClientHello: a record of type 0x16, version 3.1.
    client.send(std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11) +
                std::string(506, 'r'));
    const auto answer = client.read_all();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << answer;
    EXPECT_TRUE(has(answer, "This is not valid HTTP")) << answer;
}

TEST(PlainDoor, IsNoticedByOurClient) {
    LoopbackServer server(hello_router());
    Client client({});
    const auto url = "https://127.0.0.1:" + std::to_string(server.port()) + "/hello";
    const auto response = client.send({parse_url(url).value()});
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().trouble, net::TlsTrouble::no_tls) << response.error().message;
}

}  // namespace
}  // namespace rotacast::http
