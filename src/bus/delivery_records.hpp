#pragma once

// What operators look at and change of what is kept of deliveries: dead letters, replays, the
// audit, the handlers' ledger; and what becomes of all that in time.

#include "bus/delivery.hpp"
#include "bus/retention.hpp"

namespace rotacast::bus {

/// Within a transaction of its DeliveryStore, and with that one's errors. What changes letters says
/// how many. Thread: the dispatcher's.
class DeliveryRecords {
  public:
    virtual ~DeliveryRecords() = default;

    /// In order of their names.
    virtual std::vector<SubscriberRecord> subscribers() = 0;
    /// With its deliveries.
    virtual void remove_subscriber(std::int64_t id) = 0;
    /// When the event of its oldest outstanding delivery was stored.
    virtual std::optional<Timestamp> oldest_outstanding(std::int64_t subscriber) = 0;

    /// Gives it its id.
    virtual void add_replay(Replay& replay) = 0;
    virtual std::optional<Replay> find_replay(std::int64_t id) = 0;

    /// Dead letters of subscribers that are present become replaying, one every `interval` from
    /// `from` on, attempts from 0.
    virtual std::int64_t claim_letters(const LetterFilter& filter,
                                       std::int64_t replay,
                                       Timestamp from,
                                       std::chrono::microseconds interval) = 0;
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
    /// By subscriber and name of the error, the largest first, at most 1000.
    virtual std::vector<DeadLetterGroup> letter_groups(const LetterFilter& filter) = 0;
    virtual std::vector<Replay> replays(const Page& page) = 0;
    virtual std::vector<AuditRow> audits(const Page& page) = 0;
    virtual std::vector<HandlerLogRow> ledger(const std::optional<std::string>& handler,
                                              const std::optional<Uuid>& event_id,
                                              const Page& page) = 0;
};

}  // namespace rotacast::bus
