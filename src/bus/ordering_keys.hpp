#pragma once

// The order of a subscriber's deliveries. Deliveries with one ordering key (ordering_key_of) must
// not overtake each other. For each key in use this counts the attempts in flight and the
// outstanding rows, and holds the deliveries of the window that must wait for those in flight.
//
// A key is in the table only while it has an attempt, a row or a held delivery.

#include "bus/serial_executor.hpp"

#include <cstdint>
#include <map>
#include <unordered_map>

namespace rotacast::bus {

/// Thread: the dispatcher's. Holds as many deliveries as the window and the store have; their
/// bounds are the subscriber's.
class OrderingKeys {
  public:
    /// In the order of the journal.
    using Held = std::map<Offset, DeliveryAttemptPtr>;

    // Outstanding rows of the store (is_outstanding).

    void set_rows(std::uint64_t key, std::int64_t rows);
    bool has_rows(std::uint64_t key) const;
    /// The state of a row behind the present rows of the key.
    DeliveryState state_of_next_row(std::uint64_t key) const {
        return has_rows(key) ? DeliveryState::pending : DeliveryState::waiting;
    }
    void add_row(std::uint64_t key);
    /// Returns true if the key has more rows: the next one may then run.
    bool remove_row(std::uint64_t key);

    // Attempts in flight.

    bool in_flight(std::uint64_t key) const;
    void begin_attempt(std::uint64_t key);
    /// If this was the last attempt in flight, returns the deliveries that were held behind it. The
    /// caller must begin an attempt or add a row for each, then call forget_unused().
    Held end_attempt(std::uint64_t key);
    /// Holds a delivery of the window until no attempt of its key is in flight.
    void hold(DeliveryAttemptPtr attempt);
    void forget_unused(std::uint64_t key);

    std::size_t size() const { return keys_.size(); }

  private:
    struct Key {
        int in_flight = 0;
        std::int64_t rows = 0;
        Held held;

        bool unused() const { return in_flight == 0 && rows == 0 && held.empty(); }
    };

    std::unordered_map<std::uint64_t, Key> keys_;
};

}  // namespace rotacast::bus
