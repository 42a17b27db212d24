#pragma once

// What the store keeps. A delivery is one entry of the journal owed to one subscriber; it has a row
// only while it is out of the ordinary. Everything up to a subscriber's position that has no row
// is done.

#include "bus/handler.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::bus {

/// In a store's rows, so numbers are for ever.
enum class DeliveryState : std::uint8_t {
    pending = 0,    ///< behind an earlier one of its aggregate
    waiting = 1,    ///< for its due time
    leased = 2,     ///< a handler has it; its attempt is counted
    replaying = 3,  ///< asked for again by an operator, for its due time, holding up nobody
    dead = 4,       ///< given up
    discarded = 5,  ///< a dead letter that an operator has put away
};
inline constexpr std::size_t delivery_states = 6;

std::string_view to_string(DeliveryState state);

/// Pending, waiting or leased: later ones of its aggregate stand behind it.
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
    Timestamp due;  ///< of a discarded one: since when it is
    /// It was with a handler when a process ended: it runs while nothing else suspect does.
    bool suspect = false;
    /// Times that it was leased while nothing else ran at all, without coming back.
    int isolated = 0;
    Failure failure;  ///< the last one
    std::optional<Timestamp> first_failure;
    std::optional<Timestamp> last_failure;
    std::int64_t replay = 0;  ///< of which its outcome is to be told; 0: none
    std::string reason;       ///< why it was discarded
    bool readable = true;     ///< no: stored by a version that knew more; no event in `entry`
};

/// Deliveries of one lane run one after the other. Events of one aggregate have one lane; two
/// aggregates may share one by chance.
std::uint64_t ordering_key_of(const events::Envelope& envelope);

/// One subscriber as the store knows it.
struct SubscriberRecord {
    std::int64_t id = 0;
    std::string name;
    std::vector<std::string> types;
    std::string epoch;
    Offset position = 0;   ///< up to here everything is done or has a row
    Offset begun = 0;      ///< up to here handlers may have begun
    bool present = false;  ///< there is a handler for it in the process
    bool paused = false;
    std::string paused_by;  ///< an operator, or empty: by itself
    std::string reason;     ///< of the pause
    std::int64_t done = 0;
    std::int64_t failed_attempts = 0;
    std::int64_t missed = 0;  ///< entries that the journal had dropped before they were read
    std::string last_error;   ///< name of the last failure
    std::optional<Timestamp> failing_since;  ///< no success since this failure
};

struct HandlerLogRow {
    std::int64_t id = 0;
    std::string handler;
    std::optional<Uuid> event_id;
    LedgerNote note;
    Timestamp at;
};

/// An operator's wish to see letters handled again, and what became of it.
struct Replay {
    std::int64_t id = 0;
    std::string requested_by;
    Timestamp at;
    std::string selection;  ///< in words
    std::int64_t letters = 0;
    std::int64_t done = 0;
    std::int64_t failed = 0;     ///< dead letters again
    std::int64_t discarded = 0;  ///< by an operator before they ran
    // Of a journal range: to whom, and what is still to be read, (range_next, range_to].
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

/// Which dead letters. Everything that is set must fit.
struct LetterFilter {
    std::optional<std::int64_t> id;
    std::optional<std::string> subscriber;
    std::optional<std::string> event_type;
    std::optional<std::string> error_name;
    std::optional<Uuid> event_id;
    bool discarded = false;  ///< those that were put away instead
};

/// Newest first, behind `before` (an id) if that is not 0.
struct Page {
    std::int64_t before = 0;
    std::int64_t limit = 100;  ///< 1 to limit_max
    static constexpr std::int64_t limit_max = 1000;
};

struct DeadLetter {
    Delivery delivery;
    std::string subscriber;
    std::string body;  ///< the envelope's JSON form
};

struct DeadLetterGroup {
    std::string subscriber;
    std::string error_name;
    std::string message;  ///< of one of them
    std::int64_t count = 0;
    Timestamp first_failure;
    Timestamp last_failure;
};

}  // namespace rotacast::bus
