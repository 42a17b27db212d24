#pragma once

// Sends one event to one webhook and judges the answer.

#include "net/address_policy.hpp"
#include "net/http_client.hpp"
#include "webhooks/webhook.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

namespace rotacast::webhooks {

/// One attempt to deliver one event.
struct WebhookRequest {
    std::string event_id;
    std::string event_type;
    std::string body;          ///< JSON, from body_of()
    std::int64_t attempt = 1;  ///< counted from 1
};

/// For the test button: no event, and marked as none by its type `rotacast.ping`.
WebhookRequest ping_of(const Webhook& webhook, Timestamp time);

enum class DeliveryOutcome { done, retry, permanent };

struct SendResult {
    DeliveryOutcome outcome = DeliveryOutcome::done;
    /// Empty when done. Short and stable, for grouping: `http_503`, `timeout`, `tls`, … (the names
    /// of net::HttpFailureKind).
    std::string error = {};
    /// For operators: no query of the URL, no secret, nothing of the answer.
    std::string message = {};
    unsigned status = 0;  ///< 0: there was no answer
    /// What a 429 or 503 asked for, at most an hour. A hint: the retry policy decides.
    std::optional<std::chrono::seconds> retry_after = {};
    std::chrono::milliseconds took{0};
};

/// Whether the receiver has it, will have it, or never will:
/// 2xx done; 410 permanent, it says so itself; everything else is tried again. That includes the
/// other 4xx: most come from a receiver's defect or a wrong secret, which people mend while the
/// event waits, and a dead letter at the first of them would be theirs to replay.
SendResult judge(unsigned status, std::string_view retry_after, Timestamp now);

struct SenderOptions {
    /// Which addresses may be called. Others are `address_refused`, for good: an operator has to
    /// allow the address or change the URL.
    std::function<bool(const boost::asio::ip::address&)> allows = net::is_public;
};

/// Any thread; several may send at once. Connections are kept for the next request to the same
/// receiver. The system's certificates are read at the first https.
class Sender {
  public:
    explicit Sender(SenderOptions options = {}) : options_(std::move(options)) {}

    /// Posts, and blocks until the answer's head has come, the webhook's timeout is over, or `stop`
    /// is asked for (`cancelled`, to be tried again). Headers: Rotacast-Signature, -Event-Id,
    /// -Event-Type, -Delivery-Attempt; Idempotency-Key `<webhook>:<event id>`, the same at every
    /// attempt.
    SendResult send(const StoredWebhook& webhook,
                    WebhookRequest request,
                    std::stop_token stop = {});

    /// Connections that are kept for later requests, over all receivers; the one longest idle goes
    /// first.
    static constexpr std::size_t idle_max = 32;
    static constexpr std::chrono::seconds idle_time_max{30};

  private:
    using Clock = std::chrono::steady_clock;
    using ClientPtr = std::unique_ptr<net::HttpClient>;
    struct Idle {
        Clock::time_point since;
        ClientPtr client;
    };

    ClientPtr client_for(const net::HttpUrl& url);
    ClientPtr take_idle(const net::HttpUrl& url);
    void keep_idle(ClientPtr client);
    std::shared_ptr<boost::asio::ssl::context> certificates();

    SenderOptions options_;
    std::mutex mutex_;      // guards what follows
    std::list<Idle> idle_;  // the longest idle first
    std::shared_ptr<boost::asio::ssl::context> tls_;
};

}  // namespace rotacast::webhooks
