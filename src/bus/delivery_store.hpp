#pragma once

// The dispatcher's port to the store of deliveries. All calls happen between begin() and commit()
// or roll_back(). Errors are sticky: after the first one every call does nothing and returns an
// empty value, and commit() or roll_back() returns the error. So only these two need checking.

#include "bus/delivery_records.hpp"

#include <array>
#include <map>

namespace rotacast::bus {

/// `safe`: commits are ordered and survive the end of the process, but power loss may lose the last
/// ones; their work is then repeated. `durable`: survives power loss too.
enum class Durability : std::uint8_t { safe, durable };

using StateCounts = std::array<std::int64_t, delivery_states>;

/// The outstanding rows of one subscriber.
struct OutstandingRows {
    std::map<std::uint64_t, std::int64_t> by_key;
    std::int64_t suspects = 0;
};

/// Thread: the dispatcher's only. Blocks.
class DeliveryStore {
  public:
    virtual ~DeliveryStore() = default;

    virtual void begin(Durability durability) = 0;
    /// After an error, either everything since begin() is stored or nothing: the disk may have
    /// written the commit without reporting it. The caller must read the state again. The next
    /// begin() starts clean and fails as long as the store is unusable.
    virtual Result<void> commit() = 0;
    /// Discards everything since begin(). An error means that an earlier call failed, so the values
    /// returned since begin() are meaningless.
    virtual Result<void> roll_back() = 0;

    // Subscribers.

    /// Marks all subscribers as not present.
    virtual void nobody_present() = 0;
    virtual std::optional<SubscriberRecord> find_subscriber(const std::string& name) = 0;
    /// Inserts a record with id 0 and sets its id; replaces any other record.
    virtual void save(SubscriberRecord& record) = 0;

    // Deliveries of one subscriber.

    virtual StateCounts count(std::int64_t subscriber) = 0;
    virtual OutstandingRows outstanding(std::int64_t subscriber) = 0;

    /// Sets the delivery's id. Returns false, and changes nothing, if the subscriber already has a
    /// row of that event.
    virtual bool add(Delivery& delivery) = 0;
    /// Stores state, attempts, due, suspect, isolated, failure and its times, and replay.
    virtual void update(const Delivery& delivery) = 0;
    virtual void remove(std::int64_t id) = 0;
    virtual std::optional<Delivery> find_by_event(std::int64_t subscriber, const Uuid& id) = 0;

    /// Makes the first pending delivery of the ordering key waiting, due at `now`. The caller
    /// guarantees that no delivery of that key is waiting or leased.
    virtual void promote(std::int64_t subscriber, std::uint64_t ordering_key, Timestamp now) = 0;

    /// The first `limit` deliveries in that state, suspect or not, that are due by `now`, in order
    /// of due time.
    virtual std::vector<Delivery> due(std::int64_t subscriber,
                                      DeliveryState state,
                                      bool suspect,
                                      Timestamp now,
                                      std::size_t limit) = 0;
    /// When the next such delivery becomes due, later than `now`.
    virtual std::optional<Timestamp> next_due(std::int64_t subscriber,
                                              DeliveryState state,
                                              bool suspect,
                                              Timestamp now) = 0;

    /// Extends the leases of this process.
    virtual void renew_leases(std::int64_t subscriber, Timestamp until) = 0;
    /// Leases the delivery to this process: stores state, attempts and isolated.
    virtual void lease(const Delivery& delivery, Timestamp until) = 0;
    /// Leased deliveries without a living owner: their process ended.
    virtual std::vector<Delivery> lost_leases(std::int64_t subscriber) = 0;

    // Handler log.

    /// Does nothing if the row exists.
    virtual void note(const HandlerLogRow& row) = 0;

    // Replays in progress.

    /// Stores the number of letters and the remaining range. end_replay_of() counts the outcomes.
    virtual void save(const Replay& replay) = 0;
    /// Counts the outcome of one letter of the replay. Ignores replay 0.
    virtual void end_replay_of(std::int64_t replay, DeliveryState how) = 0;
    virtual std::vector<Replay> unread_ranges() = 0;
    /// The latest due time of all replaying deliveries.
    virtual std::optional<Timestamp> last_replaying() = 0;

    /// The operators' part, in the same transactions. Lives as long as this store.
    virtual DeliveryRecords& records() = 0;
};

}  // namespace rotacast::bus
