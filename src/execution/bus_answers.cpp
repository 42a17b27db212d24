#include "execution/bus_answers.hpp"

namespace rotacast::execution {

graphql::BusSubscriber shown(const bus::SubscriberStatus& status) {
    graphql::BusSubscriber answer;
    answer.name = status.name;
    answer.types = status.types;
    answer.state = to_string(status.state);
    answer.paused_by = status.paused_by;
    answer.reason = status.reason;
    answer.position = to_string(status.position);
    answer.lag = {status.lag};
    answer.done = {status.done};
    answer.failed_attempts = {status.failed_attempts};
    answer.running = status.running;
    answer.waiting = status.waiting;
    answer.pending = status.pending;
    answer.replaying = status.replaying;
    answer.dead = status.dead;
    answer.discarded = status.discarded;
    answer.missed = {status.missed};
    answer.last_error = status.last_error;
    answer.failing_since = status.failing_since;
    answer.oldest_waiting = status.oldest_waiting;
    return answer;
}

graphql::DeadLetter shown(const bus::DeadLetter& letter) {
    const auto& delivery = letter.delivery;
    const auto& metadata = delivery.entry.envelope.metadata;
    graphql::DeadLetter answer;
    answer.id = {delivery.id};
    answer.subscriber = letter.subscriber;
    answer.event_id = metadata.event_id;
    answer.event_type = metadata.event_type;
    answer.cursor = to_string(bus::Cursor{delivery.epoch, {delivery.entry.offset}});
    answer.error = {delivery.failure.name, delivery.failure.message};
    answer.attempts = delivery.attempts;
    answer.first_failure = delivery.first_failure;
    answer.last_failure = delivery.last_failure;
    answer.state = delivery.state == bus::DeliveryState::discarded ? "DISCARDED" : "DEAD";
    answer.reason = delivery.reason;
    return answer;
}

graphql::DeadLetter shown_with_event(const bus::DeadLetter& letter) {
    auto answer = shown(letter);
    if (auto event = reflect::parse_json(letter.body)) answer.event = std::move(*event);
    return answer;
}

graphql::Delivery shown(const bus::HandlerLogRow& row) {
    return {{row.id},
            row.handler,
            row.event_id,
            row.note.kind,
            row.note.subject,
            row.note.detail,
            row.at};
}

graphql::Replay shown(const bus::Replay& replay) {
    graphql::Replay answer;
    answer.id = {replay.id};
    answer.requested_by = replay.requested_by;
    answer.at = replay.at;
    answer.selection = replay.selection;
    answer.letters = {replay.letters};
    answer.done = {replay.done};
    answer.failed = {replay.failed};
    answer.discarded = {replay.discarded};
    if (replay.range_to > replay.range_next)
        answer.entries_unread = {static_cast<std::int64_t>(replay.range_to - replay.range_next)};
    answer.finished = replay.finished();
    return answer;
}

}  // namespace rotacast::execution
