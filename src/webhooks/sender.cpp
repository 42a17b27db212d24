#include "webhooks/sender.hpp"

#include "net/client_tls.hpp"
#include "webhooks/retry_after.hpp"
#include "webhooks/signature.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace rotacast::webhooks {
namespace {

std::string refusal_of(unsigned status) {
    auto message = "The receiver answered with status " + std::to_string(status);
    if (status / 100 == 3) return message + "; redirects are not followed.";
    if (status == 410) return message + ": it wants no more events.";
    return message + '.';
}

void add_provenance(std::vector<std::pair<std::string, std::string>>& headers,
                    const events::Provenance& provenance) {
    const auto add = [&](const char* name, const std::optional<std::string>& value) {
        if (value) headers.emplace_back(name, *value);
    };
    add("traceparent", provenance.traceparent);
    add("tracestate", provenance.tracestate);
    add("X-Request-ID", provenance.request_id);
}

http::ClientRequest request_of(const StoredWebhook& stored,
                               http::Url url,
                               WebhookRequest webhook_request) {
    const auto time = now();
    const auto secrets = stored.secrets.at(time);
    const auto& id = webhook_request.event_id;
    auto& content = webhook_request.content;
    http::ClientRequest request;
    request.url = std::move(url);
    request.method = http::verb::post;
    request.headers = {
        {"Content-Type", content.type},
        {std::string(signature_header), sign(secrets, time, content.body)},
        {"webhook-id", id},
        {"webhook-timestamp", std::to_string(unix_seconds(time))},
        {"webhook-signature", standard_sign(secrets, id, time, content.body)},
        {"Rotacast-Event-Id", id},
        {"Rotacast-Event-Type", webhook_request.event_type},
        {"Rotacast-Delivery-Attempt", std::to_string(webhook_request.attempt)},
        {"Idempotency-Key", stored.webhook.name + ':' + id},
    };
    if (webhook_request.provenance) add_provenance(request.headers, *webhook_request.provenance);
    std::ranges::move(content.headers, std::back_inserter(request.headers));
    request.body = std::move(content.body);
    return request;
}

SendResult failure_of(const http::Failure& failure) {
    SendResult result;
    result.outcome = failure.kind == http::FailureKind::address_refused ? DeliveryOutcome::permanent
                                                                        : DeliveryOutcome::retry;
    result.error = to_string(failure.kind);
    result.message = failure.message;
    return result;
}

SendResult unusable_url() {
    return {DeliveryOutcome::permanent, "bad_url", "The URL " + std::string(http::url_form) + '.'};
}

SendResult judge(const http::ClientResult& response) {
    if (!response) return failure_of(response.error());
    const auto retry_after = response->headers["Retry-After"];
    return webhooks::judge(response->status, {retry_after.data(), retry_after.size()}, now());
}

}  // namespace

WebhookRequest ping_of(const Webhook& webhook, Timestamp time, std::string_view source) {
    WebhookRequest request;
    request.event_id = to_string(Uuid::time_ordered());
    request.event_type = ping_type;
    request.content = ping_content_of(request.event_id, time, webhook, source);
    return request;
}

SendResult judge(unsigned status, std::string_view retry_after, Timestamp now) {
    SendResult result;
    result.status = status;
    if (status / 100 == 2) return result;
    result.outcome = status == 410 ? DeliveryOutcome::gone : DeliveryOutcome::retry;
    result.error = "http_" + std::to_string(status);
    result.message = refusal_of(status);
    result.retry_after = parse_retry_after(retry_after, now);
    result.overloaded = status == 429 || status == 503;
    return result;
}

SendResult Sender::send(const StoredWebhook& stored, WebhookRequest request, std::stop_token stop) {
    auto url = http::parse_url(stored.webhook.url);
    if (!url) return unusable_url();
    auto client = client_for(*url);
    auto http_request = request_of(stored, *url, std::move(request));
    http_request.patience = std::chrono::milliseconds(stored.webhook.timeout_ms);
    const auto begun = Clock::now();
    auto result = [&] {
        const std::stop_callback cancel(stop, [&client] { client->cancel(); });
        return judge(client->send(std::move(http_request)));
    }();
    result.took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun);
    // A cancelled client cannot send again.
    if (!stop.stop_requested() && client->keeps_connection()) keep_idle(std::move(client));
    return result;
}

Sender::ClientPtr Sender::client_for(const http::Url& url) {
    if (auto idle = take_idle(url)) return idle;
    http::ClientOptions options;
    options.wants_body = false;       // the status suffices
    options.keeps_connection = true;  // safe: the Idempotency-Key allows a request to arrive twice
    options.allows = options_.allows;
    if (url.secure) options.tls = certificates();
    return std::make_unique<http::Client>(std::move(options));
}

/// Prefers the connection used last, so that the others expire.
Sender::ClientPtr Sender::take_idle(const http::Url& url) {
    const std::scoped_lock lock(mutex_);
    const auto oldest = Clock::now() - idle_time_max;
    while (!idle_.empty() && idle_.front().since < oldest) idle_.pop_front();
    const auto found = std::find_if(idle_.rbegin(), idle_.rend(), [&](const Idle& idle) {
        return idle.client->is_connected_to(url);
    });
    if (found == idle_.rend()) return nullptr;
    auto client = std::move(found->client);
    idle_.erase(std::prev(found.base()));
    return client;
}

void Sender::keep_idle(ClientPtr client) {
    const std::scoped_lock lock(mutex_);
    idle_.push_back({Clock::now(), std::move(client)});
    if (idle_.size() > idle_max) idle_.pop_front();
}

std::shared_ptr<boost::asio::ssl::context> Sender::certificates() {
    const std::scoped_lock lock(mutex_);
    if (!tls_) tls_ = net::make_client_tls();
    return tls_;
}

}  // namespace rotacast::webhooks
