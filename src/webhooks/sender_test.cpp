#include "webhooks/sender.hpp"

#include "http/key_server_for_tests.hpp"
#include "net/certificate_for_tests.hpp"
#include "webhooks/signature.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace rotacast::webhooks {
namespace {

using namespace std::chrono_literals;
using http::testing::KeyServer;
using net::testing::Certificate;
using net::testing::TrustedFile;

const std::string accepted = "HTTP/1.1 204 No Content\r\n\r\n";

SenderOptions anywhere() {
    SenderOptions options;
    options.allows = nullptr;
    return options;
}

StoredWebhook webhook_at(const std::string& url) {
    StoredWebhook stored;
    stored.webhook.name = "pager";
    stored.webhook.url = url;
    stored.secrets.current = "0123456789abcdef";
    return stored;
}

WebhookRequest some_request() {
    return {"7c3f", "SwapExecuted", {"application/json", {{"ce-id", "7c3f"}}, R"({"a":1})"}, 3};
}

SendResult send_to(const std::string& url) {
    return Sender(anywhere()).send(webhook_at(url), some_request());
}

/// The value of a header of a raw request.
std::string header(const std::string& request, const std::string& name) {
    const auto at = request.find("\r\n" + name + ": ");
    if (at == std::string::npos) return "";
    const auto begin = at + name.size() + 4;
    return request.substr(begin, request.find("\r\n", begin) - begin);
}

TEST(WebhookSender, PostsASignedRequestWithTheDocumentedHeaders) {
    KeyServer server(accepted);
    const auto result = send_to(server.url("/hook?key=k"));
    EXPECT_EQ(result.outcome, DeliveryOutcome::done) << result.message;
    EXPECT_EQ(result.status, 204u);
    EXPECT_EQ(result.error, "");
    const auto request = server.last_request();
    EXPECT_TRUE(request.starts_with("POST /hook?key=k HTTP/1.1\r\n"));
    EXPECT_TRUE(request.ends_with("\r\n\r\n{\"a\":1}"));
    EXPECT_EQ(header(request, "Content-Type"), "application/json");
    EXPECT_EQ(header(request, "Rotacast-Event-Id"), "7c3f");
    EXPECT_EQ(header(request, "Rotacast-Event-Type"), "SwapExecuted");
    EXPECT_EQ(header(request, "Rotacast-Delivery-Attempt"), "3");
    EXPECT_EQ(header(request, "Idempotency-Key"), "pager:7c3f");
    EXPECT_EQ(header(request, "ce-id"), "7c3f");
    EXPECT_TRUE(
        verify(header(request, "Rotacast-Signature"), R"({"a":1})", "0123456789abcdef", now()));
    const std::vector<std::string> secrets{"0123456789abcdef"};
    const Timestamp signed_at(
        std::chrono::seconds(std::stoll(header(request, "webhook-timestamp"))));
    EXPECT_EQ(header(request, "webhook-id"), "7c3f");
    EXPECT_EQ(header(request, "webhook-signature"),
              standard_sign(secrets, "7c3f", signed_at, R"({"a":1})"));
    EXPECT_EQ(request.find("0123456789abcdef"), std::string::npos);
}

TEST(WebhookSender, PassesOnTheTraceAndTheRequestOfTheEvent) {
    const std::string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    events::Provenance provenance;
    events::keep_trace(provenance, trace, "a=b");
    provenance.request_id = "r-1";
    provenance.source = "/clinic";
    KeyServer server(accepted);
    auto traced = some_request();
    traced.provenance = events::shared(provenance);
    ASSERT_EQ(Sender(anywhere()).send(webhook_at(server.url()), traced).outcome,
              DeliveryOutcome::done);
    EXPECT_EQ(header(server.last_request(), "traceparent"), trace);
    EXPECT_EQ(header(server.last_request(), "tracestate"), "a=b");
    EXPECT_EQ(header(server.last_request(), "X-Request-ID"), "r-1");
    send_to(server.url());
    for (const char* name : {"traceparent", "tracestate", "X-Request-ID"})
        EXPECT_EQ(header(server.last_request(), name), "");
}

TEST(WebhookSender, ReusesOneConnectionForConsecutiveEvents) {
    KeyServer server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    Sender sender(anywhere());
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(sender.send(webhook_at(server.url()), some_request()).outcome,
                  DeliveryOutcome::done);
    EXPECT_EQ(server.requests(), 5u);
    EXPECT_EQ(server.connections(), 1u);
    server.close_connections();
    EXPECT_EQ(sender.send(webhook_at(server.url()), some_request()).outcome, DeliveryOutcome::done);
    EXPECT_EQ(server.connections(), 2u);
}

TEST(WebhookSender, AReceiverThatIsNotFinishedDoesNotHoldUpTheNextEvent) {
    KeyServer server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
    Sender sender(anywhere());
    const auto send = [&] { return sender.send(webhook_at(server.url()), some_request()).outcome; };
    EXPECT_EQ(send(), DeliveryOutcome::done);
    EXPECT_EQ(send(), DeliveryOutcome::done);
    EXPECT_EQ(server.connections(), 2u);
}

TEST(WebhookSender, SignsWithBothSecretsDuringARotation) {
    KeyServer server(accepted);
    auto stored = webhook_at(server.url());
    ASSERT_TRUE(rotate(stored.secrets, "the new secret, longer", now()));
    EXPECT_EQ(Sender(anywhere()).send(stored, some_request()).outcome, DeliveryOutcome::done);
    const auto signature = header(server.last_request(), "Rotacast-Signature");
    EXPECT_TRUE(verify(signature, R"({"a":1})", "0123456789abcdef", now()));
    EXPECT_TRUE(verify(signature, R"({"a":1})", "the new secret, longer", now()));
}

TEST(WebhookSender, TheStatusDecidesTheOutcome) {
    struct Row {
        unsigned status;
        DeliveryOutcome outcome;
        std::string error;
    };
    for (const auto& [status, outcome, error] : {Row{200, DeliveryOutcome::done, ""},
                                                 Row{202, DeliveryOutcome::done, ""},
                                                 Row{299, DeliveryOutcome::done, ""},
                                                 Row{101, DeliveryOutcome::retry, "http_101"},
                                                 Row{301, DeliveryOutcome::retry, "http_301"},
                                                 Row{400, DeliveryOutcome::retry, "http_400"},
                                                 Row{401, DeliveryOutcome::retry, "http_401"},
                                                 Row{404, DeliveryOutcome::retry, "http_404"},
                                                 Row{408, DeliveryOutcome::retry, "http_408"},
                                                 Row{410, DeliveryOutcome::gone, "http_410"},
                                                 Row{429, DeliveryOutcome::retry, "http_429"},
                                                 Row{500, DeliveryOutcome::retry, "http_500"},
                                                 Row{503, DeliveryOutcome::retry, "http_503"}}) {
        const auto result = judge(status, "", now());
        EXPECT_EQ(result.outcome, outcome) << status;
        EXPECT_EQ(result.error, error);
        EXPECT_EQ(result.message.empty(), outcome == DeliveryOutcome::done);
        EXPECT_FALSE(result.retry_after);
        EXPECT_EQ(result.overloaded, status == 429 || status == 503);
    }
}

TEST(WebhookSender, ReportsRetryAfter) {
    for (const unsigned status : {301u, 413u, 429u, 500u, 503u})
        EXPECT_EQ(judge(status, "7", now()).retry_after, 7s) << status;
    EXPECT_FALSE(judge(200, "7", now()).retry_after);
    EXPECT_FALSE(judge(503, "-7", now()).retry_after);
    KeyServer server("HTTP/1.1 503 Busy\r\nRetry-After: 9\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(send_to(server.url()).retry_after, 9s);
}

TEST(WebhookSender, FollowsNoRedirect) {
    KeyServer other(accepted);
    KeyServer server("HTTP/1.1 307 Elsewhere\r\nLocation: " + other.url() +
                     "\r\nContent-Length: 0\r\n\r\n");
    const auto result = send_to(server.url());
    EXPECT_EQ(result.outcome, DeliveryOutcome::retry);
    EXPECT_EQ(result.error, "http_307");
    EXPECT_NE(result.message.find("redirects are not followed"), std::string::npos);
    EXPECT_EQ(other.requests(), 0u);
}

TEST(WebhookSender, RefusesPrivateAddressesUnlessTheyAreAllowed) {
    KeyServer server(accepted);
    const auto result = Sender().send(webhook_at(server.url()), some_request());
    EXPECT_EQ(result.outcome, DeliveryOutcome::permanent);
    EXPECT_EQ(result.error, "address_refused");
    EXPECT_EQ(server.requests(), 0u);
}

TEST(WebhookSender, NetworkFailuresAreRetried) {
    std::string nobody;
    {
        KeyServer gone("");
        nobody = gone.url("/hook?key=very-secret");
    }
    const auto refused = send_to(nobody);
    EXPECT_EQ(refused.outcome, DeliveryOutcome::retry);
    EXPECT_EQ(refused.error, "connect_refused");
    EXPECT_EQ(refused.status, 0u);
    EXPECT_EQ(refused.message.find("secret"), std::string::npos);
    KeyServer server("no HTTP at all\r\n\r\n");
    EXPECT_EQ(send_to(server.url()).error, "bad_answer");
    auto hanging = webhook_at(server.url());
    server.answer("");
    hanging.webhook.timeout_ms = 50;
    EXPECT_EQ(Sender(anywhere()).send(hanging, some_request()).error, "timeout");
}

TEST(WebhookSender, ReturnsAtOnceWhenStopIsRequested) {
    KeyServer server("");
    auto hanging = webhook_at(server.url());
    hanging.webhook.timeout_ms = 3'600'000;
    std::stop_source stop;
    std::thread stopper([&] {
        server.await_requests(1);
        stop.request_stop();
    });
    Sender sender(anywhere());
    const auto result = sender.send(hanging, some_request(), stop.get_token());
    stopper.join();
    EXPECT_EQ(result.outcome, DeliveryOutcome::retry);
    EXPECT_EQ(result.error, "cancelled");
    EXPECT_EQ(sender.send(hanging, some_request(), stop.get_token()).error, "cancelled");
}

TEST(WebhookSender, UsesTlsWithReceiversThatTheSystemTrusts) {
    Certificate certificate("IP:127.0.0.1");
    KeyServer server(accepted, &certificate.tls());
    EXPECT_EQ(send_to(server.url()).error, "tls");
    EXPECT_EQ(server.requests(), 0u);
    const TrustedFile trusted(certificate.file());
    Sender sender(anywhere());
    for (int i = 0; i < 2; ++i)
        EXPECT_EQ(sender.send(webhook_at(server.url()), some_request()).outcome,
                  DeliveryOutcome::done);
    EXPECT_EQ(server.requests(), 2u);
}

TEST(WebhookSender, APingHasAnIdOfItsOwn) {
    const auto ping = ping_of(webhook_at("").webhook, Timestamp{}, "/here");
    EXPECT_EQ(ping.event_type, "rotacast.ping");
    const auto body = reflect::parse_json(ping.content.body).value();
    EXPECT_EQ(body.at("event_id"), json::value(ping.event_id));
    EXPECT_NE(ping_of(webhook_at("").webhook, Timestamp{}, "/here").event_id, ping.event_id);
}

}  // namespace
}  // namespace rotacast::webhooks
