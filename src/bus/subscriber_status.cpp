#include "bus/subscriber_status.hpp"

namespace rotacast::bus {

std::string_view to_string(SubscriberState state) {
    switch (state) {
        case SubscriberState::active: return "active";
        case SubscriberState::paused: return "paused";
        case SubscriberState::gone: break;
    }
    return "gone";
}

SubscriberStatus status_of(const SubscriberRecord& record, DeliveryStore& store, Offset last) {
    const auto counts = store.count(record.id);
    const auto of = [&](DeliveryState state) { return counts[static_cast<std::size_t>(state)]; };
    SubscriberStatus status;
    status.name = record.name;
    status.types = record.types;
    status.state = SubscriberState::gone;
    status.paused_by = record.paused_by;
    status.reason = record.reason;
    status.position = {record.epoch, {record.position, Position::whole}};
    status.lag = last > record.position ? static_cast<std::int64_t>(last - record.position) : 0;
    status.done = record.done;
    status.failed_attempts = record.failed_attempts;
    status.waiting = of(DeliveryState::waiting) + of(DeliveryState::leased);
    status.pending = of(DeliveryState::pending);
    status.replaying = of(DeliveryState::replaying);
    status.dead = of(DeliveryState::dead);
    status.discarded = of(DeliveryState::discarded);
    status.missed = record.missed;
    status.last_error = record.last_error;
    status.failing_since = record.failing_since;
    status.oldest_waiting = store.records().oldest_outstanding(record.id);
    return status;
}

}  // namespace rotacast::bus
