#pragma once

// A delivery store in a SQLite file of its own.

#include "store/delivery_copy.hpp"
#include "store/sqlite_delivery_records.hpp"

#include <functional>
#include <memory>

namespace rotacast::store {

class SqliteDeliveries final : public bus::DeliveryStore {
  public:
    /// Creates the file if needed. `unavailable` if another process has locked it. So every lease
    /// found in the file belongs to a process that has ended.
    static Result<std::unique_ptr<SqliteDeliveries>> open(const std::string& path,
                                                          ConnectionOptions options = {});

    /// Gets what each transaction has changed, after its commit, on the thread that commits;
    /// nullopt: the commit failed, and it is not known whether it was stored.
    using Changed = std::function<void(std::optional<std::vector<SubscriberChanges>>)>;
    /// Before the first transaction. `unavailable`.
    Result<void> watch_changes(Changed changed);

    // Within a transaction.
    std::optional<SubscriberCopy> copy_of(const std::string& name) {
        return store::copy_of(file_, name);
    }
    void put_copy(const std::string& name, const SubscriberCopy& copy) {
        store::put_copy(file_, name, copy);
    }

    void begin(bus::Durability durability) override { file_.begin(durability); }
    Result<void> commit() override;
    Result<void> roll_back() override { return file_.roll_back(); }

    void nobody_present() override;
    std::optional<bus::SubscriberRecord> find_subscriber(const std::string& name) override;
    void save(bus::SubscriberRecord& record) override;

    bus::StateCounts count(std::int64_t subscriber) override;
    bus::OutstandingRows outstanding(std::int64_t subscriber) override;
    bool add(bus::Delivery& delivery) override;
    void update(const bus::Delivery& delivery) override;
    void remove(std::int64_t id) override;
    std::optional<bus::Delivery> find_by_event(std::int64_t subscriber, const Uuid& id) override;
    void promote(std::int64_t subscriber, std::uint64_t ordering_key, Timestamp now) override;
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

    void note(const bus::HandlerLogRow& row) override;

    void save(const bus::Replay& replay) override;
    void end_replay_of(std::int64_t replay, bus::DeliveryState how) override;
    std::vector<bus::Replay> unread_ranges() override;
    std::optional<Timestamp> last_replaying() override;

    bus::DeliveryRecords& records() override { return records_; }

  private:
    explicit SqliteDeliveries(DeliveryFile file);

    DeliveryFile file_;
    const std::string owner_;  // of leases: identifies this opening of the store
    SqliteDeliveryRecords records_;
    Changed changed_;
};

}  // namespace rotacast::store
