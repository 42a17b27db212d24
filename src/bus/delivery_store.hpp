#pragma once

// The port behind which deliveries are kept. Everything happens between begin() and commit().
// Errors are sticky: after the first one every call does nothing and returns nothing, and commit()
// tells of it; so only commit() need be asked.

#include "bus/delivery.hpp"
#include "bus/retention.hpp"

#include <array>
#include <map>

namespace rotacast::bus {

/// `safe`: a commit survives the end of the process, and is in order, but the last ones may be lost
/// with the machine's power; what they said is then done again. `durable`: power loss too.
enum class Durability : std::uint8_t { safe, durable };

using StateCounts = std::array<std::int64_t, delivery_states>;

/// Thread: one, the dispatcher's. Blocks.
class DeliveryStore {
  public:
    virtual ~DeliveryStore() = default;

    virtual void begin(Durability durability) = 0;
    /// After an error nothing since begin() is stored, and the next begin() starts clean.
    virtual Result<void> commit() = 0;
    virtual void roll_back() = 0;

    // Subscribers.

    /// Nobody is present, until told otherwise.
    virtual void nobody_present() = 0;
    virtual std::vector<SubscriberRecord> subscribers() = 0;
    virtual std::optional<SubscriberRecord> find_subscriber(const std::string& name) = 0;
    /// A new one, gets its id; or all of the one with that id.
    virtual void save(SubscriberRecord& record) = 0;
    /// With its deliveries.
    virtual void remove_subscriber(std::int64_t id) = 0;

    // Deliveries of one subscriber.

    virtual StateCounts count(std::int64_t subscriber) = 0;
    /// Rows outstanding per lane.
    virtual std::map<std::uint64_t, std::int64_t> count_lanes(std::int64_t subscriber) = 0;
    virtual std::int64_t count_suspects(std::int64_t subscriber) = 0;
    virtual std::optional<Timestamp> oldest_outstanding(std::int64_t subscriber) = 0;

    /// Gives it its id. False: the subscriber has a row of that event, which stays as it is.
    virtual bool add(Delivery& delivery) = 0;
    /// State, attempts, due, suspect, isolated, failure and its times, replay.
    virtual void update(const Delivery& delivery) = 0;
    virtual void remove(std::int64_t id) = 0;
    virtual std::optional<Delivery> find_by_event(std::int64_t subscriber, const Uuid& id) = 0;

    /// The first pending one of the lane waits from now on. The caller knows that no other one of it
    /// waits or is leased.
    virtual void promote(std::int64_t subscriber, std::uint64_t lane, Timestamp now) = 0;

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
    virtual void note(const LedgerRow& row) = 0;

    // Operators. What changes letters says how many.

    /// Gives it its id.
    virtual void add_replay(Replay& replay) = 0;
    virtual std::optional<Replay> find_replay(std::int64_t id) = 0;
    /// Letters and what is still to be read; outcomes are counted by end_replay_of.
    virtual void save(const Replay& replay) = 0;
    /// A letter of the replay has come to its end. 0 is nobody's.
    virtual void end_replay_of(std::int64_t replay, DeliveryState how) = 0;
    virtual std::vector<Replay> unread_ranges() = 0;

    /// Dead letters of subscribers that are present become replaying, one every `interval` from
    /// `from` on, attempts from 0.
    virtual std::int64_t claim_letters(const LetterFilter& filter,
                                       std::int64_t replay,
                                       Timestamp from,
                                       std::chrono::microseconds interval) = 0;
    /// When the last replaying one is due.
    virtual std::optional<Timestamp> last_replaying() = 0;
    /// Dead letters, and those that wait to be replayed, are discarded.
    virtual std::int64_t discard(const LetterFilter& filter,
                                 const std::string& reason,
                                 Timestamp now) = 0;
    /// Discarded ones are dead letters again.
    virtual std::int64_t restore(const LetterFilter& filter) = 0;
    virtual void audit(const AuditRow& row) = 0;

    /// Removes up to `limit` of the oldest rows that are older or more than they may be.
    virtual std::int64_t trim(Kept what,
                              const KeepRule& rule,
                              Timestamp now,
                              std::size_t limit) = 0;

    virtual std::vector<DeadLetter> letters(const LetterFilter& filter, const Page& page) = 0;
    virtual std::vector<LetterGroup> letter_groups(const LetterFilter& filter) = 0;
    virtual std::vector<Replay> replays(const Page& page) = 0;
    virtual std::vector<AuditRow> audits(const Page& page) = 0;
    virtual std::vector<LedgerRow> ledger(const std::optional<std::string>& handler,
                                          const std::optional<Uuid>& event_id,
                                          const Page& page) = 0;
};

}  // namespace rotacast::bus
