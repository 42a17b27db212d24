#pragma once

// The records in the store of deliveries. A delivery is one journal entry for one subscriber. It
// gets a row only when it is not simply done: it waits, failed or is dead. Every entry up to a
// subscriber's position that has no row is done.

#include "bus/handler.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::bus {

/// The numbers are stored in rows and must never change.
enum class DeliveryState : std::uint8_t {
    pending = 0,    ///< waits for an earlier delivery of its aggregate
    waiting = 1,    ///< waits until it is due
    leased = 2,     ///< with a handler; the attempt is already counted
    replaying = 3,  ///< scheduled for replay by an operator; blocks no later delivery
    dead = 4,       ///< failed permanently, or no attempt is left
    discarded = 5,  ///< a dead letter that an operator discarded
};
inline constexpr std::size_t delivery_states = 6;

std::string_view to_string(DeliveryState state);

/// Pending, waiting or leased: later deliveries of the same aggregate wait for it.
constexpr bool is_outstanding(DeliveryState state) {
    return state <= DeliveryState::leased;
}

struct Delivery {
    std::int64_t id = 0;
    std::int64_t subscriber = 0;  ///< SubscriberRecord::id
    std::string epoch;
    Entry entry;
    std::uint64_t ordering_key = 0;  ///< ordering_key_of its aggregate
    DeliveryState state = DeliveryState::waiting;
    int attempts = 0;
    Timestamp due;  ///< when it may run; of a discarded one: when it was discarded
    /// Its handler was running when a process ended. It runs while no other suspect does.
    bool suspect = false;
    /// How often it was leased while no other handler ran, without an outcome.
    int isolated = 0;
    Failure failure;  ///< of the last failed attempt
    std::optional<Timestamp> first_failure;
    std::optional<Timestamp> last_failure;
    std::int64_t replay = 0;  ///< the replay that counts its outcome; 0: none
    std::string reason;       ///< why it was discarded
    bool readable = true;     ///< false: written by a newer version; `entry` has no event
};

/// Deliveries with one ordering key run one after the other. All events of an aggregate have the
/// same key; two aggregates may share one by chance.
std::uint64_t ordering_key_of(const events::Envelope& envelope);

/// A subscriber as the store holds it.
struct SubscriberRecord {
    std::int64_t id = 0;
    std::string name;
    std::vector<std::string> types;
    std::string epoch;
    Offset position = 0;   ///< every entry up to here is done or has a row
    Offset begun = 0;      ///< no handler has started on an entry beyond this one
    bool present = false;  ///< it has a handler in this process
    bool paused = false;
    std::string paused_by;  ///< the operator; empty: the subscriber itself
    std::string reason;     ///< why it is paused
    std::int64_t done = 0;
    std::int64_t failed_attempts = 0;
    std::int64_t missed = 0;  ///< entries that the journal dropped before the subscriber read them
    std::string last_error;   ///< name of the last failure
    std::optional<Timestamp> failing_since;  ///< when the present series of failures began
};

struct HandlerLogRow {
    std::int64_t id = 0;
    std::string handler;
    std::optional<Uuid> event_id;
    HandlerLogNote note;
    Timestamp at;
};

/// An operator's request to deliver again, and its progress.
struct Replay {
    std::int64_t id = 0;
    std::string requested_by;
    Timestamp at;
    std::string selection;  ///< which letters, for people
    std::int64_t letters = 0;
    std::int64_t done = 0;
    std::int64_t failed = 0;     ///< became dead letters again
    std::int64_t discarded = 0;  ///< discarded by an operator before they ran
    // If it replays a journal range: the subscriber, and the part still to be read, (range_next,
    // range_to].
    std::int64_t range_subscriber = 0;  ///< 0: not a range
    Offset range_next = 0;
    Offset range_to = 0;

    bool finished() const { return range_next >= range_to && done + failed + discarded >= letters; }
};

struct AuditRow {
    std::int64_t id = 0;
    std::string requested_by;
    Timestamp at;
    std::string action;
    std::string subject;
    std::int64_t count = 0;
    std::string reason;
};

/// Selects dead letters. All fields that are set must match.
struct DeadLetterFilter {
    std::optional<std::int64_t> id;
    std::optional<std::string> subscriber;
    std::optional<std::string> event_type;
    std::optional<std::string> error_name;
    std::optional<Uuid> event_id;
    bool discarded = false;  ///< select discarded letters instead
};

/// Rows are ordered newest first. Starts after the row with id `before`; 0: at the newest.
struct Page {
    std::int64_t before = 0;
    std::int64_t limit = 100;  ///< 1 to limit_max
    static constexpr std::int64_t limit_max = 1000;
};

struct DeadLetter {
    Delivery delivery;
    std::string subscriber;
    std::string body;  ///< the envelope as JSON
};

struct DeadLetterGroup {
    std::string subscriber;
    std::string error_name;
    std::string message;  ///< of one of the letters
    std::int64_t count = 0;
    Timestamp first_failure;
    Timestamp last_failure;
};

}  // namespace rotacast::bus
