#pragma once

// The operators' part of the delivery file: dead letters, replays, the audit and the handler log.

#include "store/delivery_file.hpp"

namespace rotacast::store {

class SqliteDeliveryRecords final : public bus::DeliveryRecords {
  public:
    /// `file` must outlive it.
    explicit SqliteDeliveryRecords(DeliveryFile& file) : file_(file) {}

    std::vector<bus::SubscriberRecord> subscribers() override;
    void remove_subscriber(std::int64_t id) override;
    std::optional<Timestamp> oldest_outstanding(std::int64_t subscriber) override;

    void add_replay(bus::Replay& replay) override;
    std::optional<bus::Replay> find_replay(std::int64_t id) override;
    std::int64_t claim_dead_letters(const bus::DeadLetterFilter& filter,
                                    std::int64_t replay,
                                    Timestamp from,
                                    std::chrono::microseconds interval) override;
    std::int64_t discard(const bus::DeadLetterFilter& filter,
                         const std::string& reason,
                         Timestamp now) override;
    std::int64_t restore(const bus::DeadLetterFilter& filter) override;
    void audit(const bus::AuditRow& row) override;
    std::int64_t trim(bus::Kept what,
                      const bus::KeepRule& rule,
                      Timestamp now,
                      std::size_t limit) override;

    std::vector<bus::DeadLetter> dead_letters(const bus::DeadLetterFilter& filter,
                                              const bus::Page& page) override;
    std::vector<bus::DeadLetterGroup> dead_letter_groups(
        const bus::DeadLetterFilter& filter) override;
    std::vector<bus::Replay> replays(const bus::Page& page) override;
    std::vector<bus::AuditRow> audits(const bus::Page& page) override;
    std::vector<bus::HandlerLogRow> handler_log(const std::optional<std::string>& handler,
                                                const std::optional<Uuid>& event_id,
                                                const bus::Page& page) override;

  private:
    DeliveryFile& file_;
};

}  // namespace rotacast::store
