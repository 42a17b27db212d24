#pragma once

// The port behind which deliveries are kept, as the dispatcher needs it. Everything happens between
// begin() and commit(). Errors are sticky: after the first one every call does nothing and returns
// nothing, and commit() or roll_back() tells of it; so only these need be asked.

#include "bus/delivery_records.hpp"

#include <array>
#include <map>

namespace rotacast::bus {

/// `safe`: a commit survives the end of the process, and is in order, but the last ones may be lost
/// with the machine's power; what they said is then done again. `durable`: power loss too.
enum class Durability : std::uint8_t { safe, durable };

using StateCounts = std::array<std::int64_t, delivery_states>;

/// Rows of one subscriber that are outstanding.
struct OutstandingRows {
    std::map<std::uint64_t, std::int64_t> by_key;
    std::int64_t suspects = 0;
};

/// Thread: one, the dispatcher's. Blocks.
class DeliveryStore {
  public:
    virtual ~DeliveryStore() = default;

    virtual void begin(Durability durability) = 0;
    /// After an error all that was done since begin() is stored, or nothing of it: a disk may have
    /// written it and not be able to say so. Whoever relies on what is stored reads it anew. The
    /// next begin() starts clean, and fails for as long as the store cannot be relied on.
    virtual Result<void> commit() = 0;
    /// Nothing since begin() is stored. An error: a call since begin() has failed, so what was
    /// returned since means nothing.
    virtual Result<void> roll_back() = 0;

    // Subscribers.

    /// Nobody is present, until told otherwise.
    virtual void nobody_present() = 0;
    virtual std::optional<SubscriberRecord> find_subscriber(const std::string& name) = 0;
    /// A new one, gets its id; or all of the one with that id.
    virtual void save(SubscriberRecord& record) = 0;

    // Deliveries of one subscriber.

    virtual StateCounts count(std::int64_t subscriber) = 0;
    virtual OutstandingRows outstanding(std::int64_t subscriber) = 0;

    /// Gives it its id. False: the subscriber has a row of that event, which stays as it is.
    virtual bool add(Delivery& delivery) = 0;
    /// State, attempts, due, suspect, isolated, failure and its times, replay.
    virtual void update(const Delivery& delivery) = 0;
    virtual void remove(std::int64_t id) = 0;
    virtual std::optional<Delivery> find_by_event(std::int64_t subscriber, const Uuid& id) = 0;

    /// The first pending one of the lane waits from now on. The caller knows that no other one of
    /// it waits or is leased.
    virtual void promote(std::int64_t subscriber, std::uint64_t ordering_key, Timestamp now) = 0;

    /// In the state, suspect or not, due by `now`: the first in order of due time.
    virtual std::vector<Delivery> due(std::int64_t subscriber,
                                      DeliveryState state,
                                      bool suspect,
                                      Timestamp now,
                                      std::size_t limit) = 0;
    /// When the next of these is due, later than `now`.
    virtual std::optional<Timestamp> next_due(std::int64_t subscriber,
                                              DeliveryState state,
                                              bool suspect,
                                              Timestamp now) = 0;

    /// Extends this process's leases.
    virtual void renew_leases(std::int64_t subscriber, Timestamp until) = 0;
    /// Leased to this process from now on: state, attempts, isolated.
    virtual void lease(const Delivery& delivery, Timestamp until) = 0;
    /// Leases that nobody keeps any more: handlers that ended with their process.
    virtual std::vector<Delivery> lost_leases(std::int64_t subscriber) = 0;

    // What handlers leave.

    /// Ignores a row that is there.
    virtual void note(const HandlerLogRow& row) = 0;

    // Replays under way.

    /// Letters and what is still to be read; outcomes are counted by end_replay_of.
    virtual void save(const Replay& replay) = 0;
    /// A letter of the replay has come to its end. 0 is nobody's.
    virtual void end_replay_of(std::int64_t replay, DeliveryState how) = 0;
    virtual std::vector<Replay> unread_ranges() = 0;
    /// When the last replaying one is due.
    virtual std::optional<Timestamp> last_replaying() = 0;

    /// What operators look at and change, in the same transactions. Lives as long as this.
    virtual DeliveryRecords& records() = 0;
};

}  // namespace rotacast::bus
