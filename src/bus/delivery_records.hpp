#pragma once

// The part of the delivery store that operators see and change: subscribers, dead letters, replays,
// the audit and the handler log; and retention of these rows.

#include "bus/delivery.hpp"
#include "bus/retention.hpp"

namespace rotacast::bus {

/// Call it within a transaction of its DeliveryStore; errors are sticky as there. Methods that
/// change letters return their number. Thread: the dispatcher's.
class DeliveryRecords {
  public:
    virtual ~DeliveryRecords() = default;

    /// Ordered by name.
    virtual std::vector<SubscriberRecord> subscribers() = 0;
    /// Also removes its deliveries.
    virtual void remove_subscriber(std::int64_t id) = 0;
    /// When the journal stored the event of its oldest outstanding delivery.
    virtual std::optional<Timestamp> oldest_outstanding(std::int64_t subscriber) = 0;

    /// Sets `replay.id`.
    virtual void add_replay(Replay& replay) = 0;
    virtual std::optional<Replay> find_replay(std::int64_t id) = 0;

    /// Makes dead letters of present subscribers replaying: the first is due at `from`, then one
    /// every `interval`. Resets their attempts to 0.
    virtual std::int64_t claim_dead_letters(const DeadLetterFilter& filter,
                                            std::int64_t replay,
                                            Timestamp from,
                                            std::chrono::microseconds interval) = 0;
    /// Discards dead letters and those waiting to be replayed.
    virtual std::int64_t discard(const DeadLetterFilter& filter,
                                 const std::string& reason,
                                 Timestamp now) = 0;
    /// Makes discarded letters dead again.
    virtual std::int64_t restore(const DeadLetterFilter& filter) = 0;
    virtual void audit(const AuditRow& row) = 0;

    /// Removes up to `limit` of the oldest rows that exceed the rule's age or count.
    virtual std::int64_t trim(Kept what,
                              const KeepRule& rule,
                              Timestamp now,
                              std::size_t limit) = 0;

    virtual std::vector<DeadLetter> dead_letters(const DeadLetterFilter& filter,
                                                 const Page& page) = 0;
    /// Grouped by subscriber and error name, the largest group first; at most 1000 groups.
    virtual std::vector<DeadLetterGroup> dead_letter_groups(const DeadLetterFilter& filter) = 0;
    virtual std::vector<Replay> replays(const Page& page) = 0;
    virtual std::vector<AuditRow> audits(const Page& page) = 0;
    virtual std::vector<HandlerLogRow> handler_log(const std::optional<std::string>& handler,
                                                   const std::optional<Uuid>& event_id,
                                                   const Page& page) = 0;
};

}  // namespace rotacast::bus
