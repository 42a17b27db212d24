#pragma once

// Makes a webhook a subscriber of the bus. Order per aggregate, retries, dead letters, pausing and
// probing are the bus's; this file sets their options and provides the handler that sends.

#include "bus/subscription.hpp"
#include "config/webhooks.hpp"
#include "webhooks/sender.hpp"
#include "webhooks/webhook.hpp"

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

namespace rotacast::webhooks {

/// A webhook's subscriber is named by this prefix and the webhook's name.
inline constexpr std::string_view subscriber_prefix = "webhook:";

std::string subscriber_name(std::string_view webhook);

/// The same for all webhooks.
struct DeliveryOptions {
    RetryPolicy retry{.attempts = static_cast<int>(config::Webhooks{}.retry_attempts),
                           .first_wait = std::chrono::seconds(config::Webhooks{}.retry_first_s),
                           .wait_max = std::chrono::seconds(config::Webhooks{}.retry_max_s)};
    std::size_t concurrency = config::Webhooks{}.parallel;
    std::chrono::milliseconds pause_after = std::chrono::seconds(config::Webhooks{}.pause_after_s);
    std::chrono::milliseconds probe_first = std::chrono::seconds(config::Webhooks{}.probe_first_s);
    std::chrono::milliseconds probe_max = std::chrono::seconds(config::Webhooks{}.probe_max_s);
    std::string source = config::Webhooks{}.cloudevents_source;
};

/// `stored` must be valid, as make_webhook() returns it. When `removed` is requested, running
/// requests are cancelled.
Result<bus::Subscription> subscription_of(const StoredWebhook& stored,
                                          const DeliveryOptions& options,
                                          std::shared_ptr<Sender> sender,
                                          std::stop_token removed);

}  // namespace rotacast::webhooks
