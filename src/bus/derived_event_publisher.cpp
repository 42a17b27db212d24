#include "bus/derived_event_publisher.hpp"

namespace rotacast::bus {

void DerivedEventPublisher::publish(std::int64_t subscriber,
                                    const std::string& name,
                                    AttemptResult attempted) {
    const auto publisher = "handler:" + name;
    const auto& cause = *attempted.work->entry->envelope.metadata.event_id;
    PublishRequest request;
    request.envelopes = std::move(attempted.effects.derived);
    request.origin.publisher = publisher;
    // Without a content digest, the first run's events win.
    request.idempotency_key = publisher + ":" + rotacast::to_string(cause);
    const auto attempt = attempted.work->id;
    unanswered_.emplace(attempt, std::move(attempted));
    context_.bus.publish(
        std::move(request),
        [answer = context_.answer, subscriber, attempt](Result<Receipts> receipts) {
            answer(subscriber, attempt, std::move(receipts));
        });
}

void DerivedEventPublisher::answered(std::uint64_t attempt, Result<Receipts> receipts) {
    answers_.emplace_back(attempt, std::move(receipts));
}

void DerivedEventPublisher::take_answered(const TakeResult& take) {
    for (auto& [id, receipts] : std::exchange(answers_, {})) {
        auto node = unanswered_.extract(id);
        if (node.empty()) continue;
        auto& attempted = node.mapped();
        // A conflict means that an earlier run of the handler published events with these ids.
        if (!receipts && receipts.error().code != ErrorCode::idempotency_conflict)
            attempted.outcome =
                Outcome::failed("PublishFailed", std::string(message_of(receipts.error())));
        take(std::move(attempted));
    }
}

}  // namespace rotacast::bus
