#include "store/delivery_columns.hpp"

#include "reflect/json.hpp"
#include "store/described_column.hpp"

#include <algorithm>

namespace rotacast::store {
namespace {

/// The parts of the envelope that have columns, for an event that this version cannot read.
events::Envelope shell(const Query& row) {
    events::Envelope envelope;
    envelope.metadata.event_id = uuid_at(row, 17);
    envelope.metadata.event_type = row.text(18);
    return envelope;
}

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> types;
    while (!text.empty()) {
        const auto end = std::min(text.find(','), text.size());
        types.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return types;
}

}  // namespace

std::optional<Uuid> uuid_at(const Query& row, int column) {
    const auto bytes = row.blob(column);
    Uuid uuid;
    if (bytes.size() != uuid.bytes.size()) return std::nullopt;
    std::ranges::copy(bytes, uuid.bytes.begin());
    return uuid;
}

bus::Delivery delivery_at(const Query& row) {
    bus::Delivery delivery;
    delivery.id = row.integer(0);
    delivery.subscriber = row.integer(1);
    delivery.epoch = row.text(2);
    delivery.entry.offset = static_cast<bus::Offset>(row.integer(3));
    delivery.entry.stored_at = time_at(row, 4);
    delivery.entry.publisher = row.text(5);
    delivery.ordering_key = static_cast<std::uint64_t>(row.integer(6));
    delivery.state = static_cast<bus::DeliveryState>(row.integer(7));
    delivery.attempts = static_cast<int>(row.integer(8));
    delivery.due = time_at(row, 9);
    delivery.suspect = row.integer(10) != 0;
    delivery.isolated = static_cast<int>(row.integer(20));
    delivery.failure = {std::string(row.text(11)), std::string(row.text(12))};
    delivery.first_failure = optional_time_at(row, 13);
    delivery.last_failure = optional_time_at(row, 14);
    delivery.replay = row.integer(15);
    delivery.reason = row.text(16);
    const auto parsed = reflect::parse_json(row.text(delivery_column_body));
    auto envelope = parsed ? events::restore_envelope(*parsed) : parsed.error();
    delivery.readable = envelope.has_value();
    delivery.entry.envelope = envelope ? std::move(*envelope) : shell(row);
    delivery.entry.envelope.provenance = described_at<events::Provenance>(row, 21);
    return delivery;
}

bus::SubscriberRecord subscriber_at(const Query& row) {
    bus::SubscriberRecord record;
    record.id = row.integer(0);
    record.name = row.text(1);
    record.types = split(row.text(2));
    record.epoch = row.text(3);
    record.position = static_cast<bus::Offset>(row.integer(4));
    record.begun = static_cast<bus::Offset>(row.integer(5));
    record.present = row.integer(6) != 0;
    record.paused = row.integer(7) != 0;
    record.paused_by = row.text(8);
    record.reason = row.text(9);
    record.done = row.integer(10);
    record.failed_attempts = row.integer(11);
    record.missed = row.integer(12);
    record.last_error = row.text(13);
    record.failing_since = optional_time_at(row, 14);
    return record;
}

bus::Replay replay_at(const Query& row) {
    bus::Replay replay;
    replay.id = row.integer(0);
    replay.requested_by = row.text(1);
    replay.at = time_at(row, 2);
    replay.selection = row.text(3);
    replay.letters = row.integer(4);
    replay.done = row.integer(5);
    replay.failed = row.integer(6);
    replay.discarded = row.integer(7);
    replay.range_subscriber = row.integer(8);
    replay.range_next = static_cast<bus::Offset>(row.integer(9));
    replay.range_to = static_cast<bus::Offset>(row.integer(10));
    return replay;
}

}  // namespace rotacast::store
