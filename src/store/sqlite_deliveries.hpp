#pragma once

// Deliveries in a SQLite file of their own: SQLite has one writer per file, and publishing must
// never wait for handlers.

#include "bus/delivery_store.hpp"
#include "store/file_lock.hpp"
#include "store/sqlite.hpp"

#include <memory>

namespace rotacast::store {

class SqliteDeliveries final : public bus::DeliveryStore {
  public:
    /// Creates the file. `unavailable` when another process has it: handlers run in one process,
    /// so whatever is found leased belongs to nobody.
    static Result<std::unique_ptr<SqliteDeliveries>> open(const std::string& path,
                                                          ConnectionOptions options = {});
    ~SqliteDeliveries() override;

    void begin(bus::Durability durability) override;
    Result<void> commit() override;
    void roll_back() override;

    void nobody_present() override;
    std::vector<bus::SubscriberRecord> subscribers() override;
    std::optional<bus::SubscriberRecord> find_subscriber(const std::string& name) override;
    void save(bus::SubscriberRecord& record) override;
    void remove_subscriber(std::int64_t id) override;

    bus::StateCounts count(std::int64_t subscriber) override;
    std::map<std::uint64_t, std::int64_t> count_lanes(std::int64_t subscriber) override;
    std::int64_t count_suspects(std::int64_t subscriber) override;
    std::optional<Timestamp> oldest_outstanding(std::int64_t subscriber) override;

    bool add(bus::Delivery& delivery) override;
    void update(const bus::Delivery& delivery) override;
    void remove(std::int64_t id) override;
    std::optional<bus::Delivery> find_by_event(std::int64_t subscriber, const Uuid& id) override;
    void promote(std::int64_t subscriber, std::uint64_t lane, Timestamp now) override;
    std::vector<bus::Delivery> due(std::int64_t subscriber,
                                   bus::DeliveryState state,
                                   bool suspect,
                                   Timestamp now,
                                   std::size_t limit) override;
    std::optional<Timestamp> next_due(std::int64_t subscriber,
                                      bus::DeliveryState state,
                                      bool suspect,
                                      Timestamp now) override;
    void renew_leases(std::int64_t subscriber, Timestamp until) override;
    void lease(const bus::Delivery& delivery, Timestamp until) override;
    std::vector<bus::Delivery> lost_leases(std::int64_t subscriber) override;

    void note(const bus::LedgerRow& row) override;

    void add_replay(bus::Replay& replay) override;
    std::optional<bus::Replay> find_replay(std::int64_t id) override;
    void save(const bus::Replay& replay) override;
    void end_replay_of(std::int64_t replay, bus::DeliveryState how) override;
    std::vector<bus::Replay> unread_ranges() override;
    std::int64_t claim_letters(const bus::LetterFilter& filter,
                               std::int64_t replay,
                               Timestamp from,
                               std::chrono::microseconds interval) override;
    std::optional<Timestamp> last_replaying() override;
    std::int64_t discard(const bus::LetterFilter& filter,
                         const std::string& reason,
                         Timestamp now) override;
    std::int64_t restore(const bus::LetterFilter& filter) override;
    void audit(const bus::AuditRow& row) override;
    std::int64_t trim(bus::Kept what,
                      const bus::KeepRule& rule,
                      Timestamp now,
                      std::size_t limit) override;

    std::vector<bus::DeadLetter> letters(const bus::LetterFilter& filter,
                                         const bus::Page& page) override;
    std::vector<bus::LetterGroup> letter_groups(const bus::LetterFilter& filter) override;
    std::vector<bus::Replay> replays(const bus::Page& page) override;
    std::vector<bus::AuditRow> audits(const bus::Page& page) override;
    std::vector<bus::LedgerRow> ledger(const std::optional<std::string>& handler,
                                       const std::optional<Uuid>& event_id,
                                       const bus::Page& page) override;

  private:
    SqliteDeliveries(FileLock lock, Connection connection);

    /// How many rows it changed; 0 after an error.
    template <class... Parameters>
    std::int64_t run(std::string_view sql, const Parameters&... parameters) {
        if (error_) return 0;
        const auto changed = connection_.run(sql, parameters...);
        if (!changed) error_ = changed.error();
        return changed ? *changed : 0;
    }

    /// Calls `read` with each row; with none after an error.
    template <class Read, class... Parameters>
    void each(std::string_view sql, Read read, const Parameters&... parameters) {
        if (error_) return;
        auto query = connection_.query(sql, parameters...);
        if (!query) return fail(query.error());
        for (;;) {
            const auto row = query->next();
            if (!row) return fail(row.error());
            if (!*row) return;
            read(*query);
        }
    }

    void fail(const Error& error) { error_ = error; }

    FileLock lock_;
    Connection connection_;
    std::string owner_;  ///< of leases: this opening of the store
    bus::Durability durability_ = bus::Durability::safe;
    std::optional<Transaction> transaction_;
    std::optional<Error> error_;
};

}  // namespace rotacast::store
