#include "bus/bus.hpp"

#include <chrono>
#include <memory>

namespace rotacast::bus {
namespace {

void stamp(events::Envelope& envelope, const Origin& origin, Timestamp time) {
    auto& metadata = envelope.metadata;
    if (!metadata.event_id) metadata.event_id = Uuid::time_ordered();
    if (!metadata.timestamp) metadata.timestamp = time;
    if (!metadata.user_id) metadata.user_id = origin.user_id;
    if (!metadata.correlation_id) metadata.correlation_id = origin.correlation_id;
    if (!metadata.ip_address) metadata.ip_address = origin.ip_address;
    if (!metadata.user_agent) metadata.user_agent = origin.user_agent;
    envelope.provenance = events::completed(std::move(envelope.provenance), origin.provenance);
}

}  // namespace

void Bus::publish(PublishRequest request, Journal::Done done) {
    const auto begun = std::chrono::steady_clock::now();
    const auto time = now();
    for (auto& envelope : request.envelopes) stamp(envelope, request.origin, time);
    journal_.append({std::move(request.envelopes),
                     std::move(request.origin.publisher),
                     std::move(request.idempotency_key),
                     std::move(request.content_digest),
                     std::move(request.version_claims),
                     request.refuse_unseen},
                    [stats = stats_, begun, done = std::move(done)](Result<Receipts> answer) {
                        stats->count(answer, std::chrono::steady_clock::now() - begun);
                        done(std::move(answer));
                    });
}

std::future<Result<Receipt>> Bus::publish_one(events::Envelope envelope, Origin origin) {
    auto promise = std::make_shared<std::promise<Result<Receipt>>>();
    auto future = promise->get_future();
    PublishRequest request;
    request.envelopes.push_back(std::move(envelope));
    request.origin = std::move(origin);
    publish(std::move(request), [promise](Result<Receipts> receipts) {
        if (receipts)
            promise->set_value(receipts->front());
        else
            promise->set_value(receipts.error());
    });
    return future;
}

std::future<Result<Receipts>> Bus::publish_batch(std::vector<events::Envelope> envelopes,
                                                 Origin origin) {
    auto promise = std::make_shared<std::promise<Result<Receipts>>>();
    auto future = promise->get_future();
    PublishRequest request;
    request.envelopes = std::move(envelopes);
    request.origin = std::move(origin);
    publish(std::move(request),
            [promise](Result<Receipts> receipts) { promise->set_value(std::move(receipts)); });
    return future;
}

std::future<Result<Receipts>> Bus::publish_batch(std::vector<events::Event> batch, Origin origin) {
    std::vector<events::Envelope> envelopes;
    envelopes.reserve(batch.size());
    for (auto& event : batch) envelopes.push_back(events::wrap(std::move(event)));
    return publish_batch(std::move(envelopes), std::move(origin));
}

Result<void> Bus::subscribe(Subscription subscription) {
    subscription.registered_at = journal_.state().last;
    return subscribers_.add(std::move(subscription));
}

std::vector<SubscriptionPtr> Bus::subscriptions() const {
    std::vector<SubscriptionPtr> list;
    for (auto& [name, subscription] : subscribers_.list()) list.push_back(subscription);
    return list;
}

}  // namespace rotacast::bus
