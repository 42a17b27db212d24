#pragma once

// Converts between the delivery tables' columns and bus types.

#include "bus/delivery.hpp"
#include "store/stored.hpp"

namespace rotacast::store {

/// In the order that delivery_at() expects, for a table or alias named `d`.
#define ROTACAST_DELIVERY_COLUMNS                                                        \
    "d.id, d.subscriber, d.epoch, d.offset, d.stored_at, d.publisher, d.lane, d.state, " \
    "d.attempts, d.due, d.suspect, d.error_name, d.error_message, d.first_failure, "     \
    "d.last_failure, d.replay, d.reason, d.event_id, d.event_type, d.body, d.isolated, " \
    "d.provenance"
inline constexpr int delivery_column_body = 19;
inline constexpr int delivery_columns = 22;

bus::Delivery delivery_at(const Query& row);

/// In the order that subscriber_at() expects.
#define ROTACAST_SUBSCRIBER_COLUMNS                                                       \
    "id, name, types, epoch, position, begun, present, paused, paused_by, reason, done, " \
    "failed_attempts, missed, last_error, failing_since"

bus::SubscriberRecord subscriber_at(const Query& row);

#define ROTACAST_REPLAY_COLUMNS                                           \
    "id, requested_by, at, selection, letters, done, failed, discarded, " \
    "range_subscriber, range_next, range_to"

bus::Replay replay_at(const Query& row);

inline std::int64_t stored(bus::DeliveryState state) {
    return static_cast<std::int64_t>(state);
}
std::optional<Uuid> uuid_at(const Query& row, int column);

}  // namespace rotacast::store
