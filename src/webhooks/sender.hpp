#pragma once

// Sends one event to one webhook and interprets the answer.

#include "events/provenance.hpp"
#include "http/client.hpp"
#include "net/address_policy.hpp"
#include "webhooks/content.hpp"
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
    Content content;
    std::int64_t attempt = 1;  ///< counted from 1
    /// Sent as traceparent, tracestate and X-Request-ID, so that a receiver's spans continue the
    /// publisher's trace.
    events::ProvenancePtr provenance = {};
};

/// The request of the test button: carries no event, as its type `rotacast.ping` shows. `source` is
/// that of CloudEvents.
WebhookRequest ping_of(const Webhook& webhook, Timestamp time, std::string_view source);

enum class DeliveryOutcome {
    done,
    retry,
    permanent,  ///< this event cannot be delivered
    gone,       ///< no event can be: the receiver says that it wants no more
};

struct SendResult {
    DeliveryOutcome outcome = DeliveryOutcome::done;
    /// Empty when done. Short and stable, for grouping: `http_503`, `timeout`, `tls`, … (the names
    /// of http::FailureKind).
    std::string error = {};
    /// For operators: without the URL's query, secrets or any part of the answer.
    std::string message = {};
    unsigned status = 0;  ///< HTTP status; 0: no answer
    /// The delay that the receiver asks for before the next attempt, at most retry_after_max.
    std::optional<std::chrono::seconds> retry_after = {};
    /// 429 or 503: the receiver, not this event, is why. What it asks for holds for every event.
    bool overloaded = false;
    std::chrono::milliseconds took{0};
};

/// Interprets an HTTP status: 2xx done; 410 gone, as its meaning says; everything else is
/// retried. That includes the other 4xx: most come from a faulty receiver or a wrong secret, which
/// people fix while the event waits; dead letters would have to be replayed by an operator.
SendResult judge(unsigned status, std::string_view retry_after, Timestamp now);

struct SenderOptions {
    /// Which addresses may be called. Others fail permanently with `address_refused`: an operator
    /// has to allow the address or change the URL.
    std::function<bool(const boost::asio::ip::address&)> allows = net::is_public;
};

/// Thread-safe; requests may run concurrently. Connections are kept for later requests to the same
/// receiver. Reads the system's certificates at the first https request.
class Sender {
  public:
    explicit Sender(SenderOptions options = {}) : options_(std::move(options)) {}

    /// Posts the request; blocks until the head of the answer has arrived, the webhook's timeout
    /// has passed, or `stop` is requested (`cancelled`, to be retried). Headers, besides those of
    /// the content and of the event's provenance: Rotacast-Signature, -Event-Id, -Event-Type,
    /// -Delivery-Attempt; webhook-id, -timestamp, -signature; Idempotency-Key
    /// `<webhook>:<event id>`, the same at every attempt.
    SendResult send(const StoredWebhook& webhook,
                    WebhookRequest request,
                    std::stop_token stop = {});

    /// Idle connections that are kept, over all receivers; the one that has been idle longest is
    /// closed first.
    static constexpr std::size_t idle_max = 32;
    static constexpr std::chrono::seconds idle_time_max{30};

  private:
    using Clock = std::chrono::steady_clock;
    using ClientPtr = std::unique_ptr<http::Client>;
    struct Idle {
        Clock::time_point since;
        ClientPtr client;
    };

    ClientPtr client_for(const http::Url& url);
    ClientPtr take_idle(const http::Url& url);
    void keep_idle(ClientPtr client);
    std::shared_ptr<boost::asio::ssl::context> certificates();

    SenderOptions options_;
    std::mutex mutex_;      // guards all members below
    std::list<Idle> idle_;  // longest idle first
    std::shared_ptr<boost::asio::ssl::context> tls_;
};

}  // namespace rotacast::webhooks
