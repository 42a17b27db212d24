#include "webhooks/subscription.hpp"

#include "webhooks/content.hpp"

#include <utility>

namespace rotacast::webhooks {
namespace {

/// The sender observes the webhook's timeout, but the system's resolver may take longer. So the bus
/// gives up a request only if that does not return in this additional time.
constexpr std::chrono::seconds resolver_patience{30};

bus::Outcome outcome_of(SendResult result) {
    using bus::Outcome;
    if (result.outcome == DeliveryOutcome::done) return Outcome::done();
    const bool is_retried = result.outcome == DeliveryOutcome::retry;
    auto outcome = is_retried
                       ? Outcome::failed(std::move(result.error), std::move(result.message))
                       : Outcome::permanent(std::move(result.error), std::move(result.message));
    if (is_retried && result.retry_after) {
        outcome.wait_min = *result.retry_after;
        if (result.overloaded) outcome.others = bus::Others::held_back;
    }
    if (result.outcome == DeliveryOutcome::gone) outcome.others = bus::Others::paused;
    return outcome;
}

/// The handler of one webhook in one state; a change creates a new handler.
class Delivering {
  public:
    Delivering(StoredWebhook stored,
               Filter filter,
               std::string source,
               std::shared_ptr<Sender> sender,
               std::stop_token removed)
        : stored_(std::move(stored)),
          filter_(std::move(filter)),
          source_(std::move(source)),
          sender_(std::move(sender)),
          removed_(std::move(removed)) {}

    bus::Outcome deliver(const bus::Entry& entry, const bus::HandlerContext& context) const {
        if (!filter_.matches(entry.envelope)) return bus::Outcome::nothing_to_do();
        std::stop_source stop;
        const auto ask = [&stop] { stop.request_stop(); };
        const std::stop_callback when_late(context.stop(), ask);
        const std::stop_callback when_removed(removed_, ask);
        return outcome_of(sender_->send(stored_, request_for(entry, context), stop.get_token()));
    }

  private:
    WebhookRequest request_for(const bus::Entry& entry, const bus::HandlerContext& context) const {
        const auto& metadata = entry.envelope.metadata;
        return {to_string(metadata.event_id.value_or(Uuid{})),
                metadata.event_type,
                content_of(entry, context.cursor().epoch, stored_.webhook, source_),
                context.attempt(),
                context.provenance()};
    }

    const StoredWebhook stored_;
    const Filter filter_;
    const std::string source_;
    const std::shared_ptr<Sender> sender_;
    const std::stop_token removed_;
};

/// If the journal was replaced, the bus reads it from its beginning.
bus::Start start_of(const Webhook& webhook) {
    const auto cursor = bus::Cursor::parse(webhook.begins_after);
    return cursor ? bus::Start{bus::Start::From::cursor, *cursor} : bus::Start{};
}

}  // namespace

std::string subscriber_name(std::string_view webhook) {
    return std::string(subscriber_prefix).append(webhook);
}

Result<bus::Subscription> subscription_of(const StoredWebhook& stored,
                                          const DeliveryOptions& options,
                                          std::shared_ptr<Sender> sender,
                                          std::stop_token removed) {
    const auto& webhook = stored.webhook;
    auto filter = filter_of(webhook);
    if (!filter) return filter.error();
    bus::Subscription subscription;
    subscription.name = subscriber_name(webhook.name);
    subscription.types = webhook.types.value_or(std::vector<std::string>());
    subscription.options.start = start_of(webhook);
    subscription.options.retry = options.retry;
    subscription.options.concurrency = options.concurrency;
    subscription.options.timeout =
        std::chrono::milliseconds(webhook.timeout_ms) + resolver_patience;
    subscription.options.pause_after = options.pause_after;
    subscription.options.probe_interval = options.probe_first;
    subscription.options.probe_interval_max = options.probe_max;
    subscription.handler =
        [delivering = std::make_shared<const Delivering>(
             stored, std::move(*filter), options.source, std::move(sender), std::move(removed))](
            const bus::Entry& entry, bus::HandlerContext& context) {
            return delivering->deliver(entry, context);
        };
    return subscription;
}

}  // namespace rotacast::webhooks
