#pragma once

// Makes a webhook a subscriber of the bus. Order per aggregate, retries, dead letters, pausing and
// probing are the bus's; this file sets their options and provides the handler that sends.

#include "bus/subscription.hpp"
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
    bus::RetryPolicy retry = {};
    std::size_t concurrency = 4;
    std::chrono::milliseconds pause_after{std::chrono::minutes(5)};
    std::chrono::milliseconds probe_first{std::chrono::seconds(30)};
    std::chrono::milliseconds probe_max{std::chrono::minutes(15)};
};

/// `stored` must be valid, as make_webhook() returns it. When `removed` is requested, running
/// requests are cancelled.
Result<bus::Subscription> subscription_of(const StoredWebhook& stored,
                                          const DeliveryOptions& options,
                                          std::shared_ptr<Sender> sender,
                                          std::stop_token removed);

}  // namespace rotacast::webhooks
