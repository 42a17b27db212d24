#pragma once

// For tests: a delivery store in memory. The MemoryDisk holds its rows and simulates failures.

#include "bus/memory_records_for_tests.hpp"

namespace rotacast::bus {

class MemoryDeliveries final : public DeliveryStore {
  public:
    explicit MemoryDeliveries(std::shared_ptr<MemoryDisk> disk)
        : disk_(std::move(disk)), records_(disk_) {}
    ~MemoryDeliveries() override { (void)disk_->roll_back(); }

    DeliveryRecords& records() override { return records_; }

    void begin(Durability) override { disk_->begin(); }
    Result<void> commit() override { return disk_->commit(); }
    Result<void> roll_back() override { return disk_->roll_back(); }

    void nobody_present() override {
        for (const auto& [id, record] : disk_->tables().subscribers)
            disk_->change(&MemoryTables::subscribers, id).at(id).present = false;
    }

    std::optional<SubscriberRecord> find_subscriber(const std::string& name) override {
        for (const auto& [id, record] : disk_->tables().subscribers)
            if (record.name == name) return record;
        return std::nullopt;
    }

    void save(SubscriberRecord& record) override {
        if (record.id == 0) record.id = disk_->tables().next_id++;
        disk_->change(&MemoryTables::subscribers, record.id).insert_or_assign(record.id, record);
    }

    StateCounts count(std::int64_t subscriber) override {
        StateCounts counts{};
        for (const auto& [id, row] : disk_->tables().deliveries)
            counts.at(static_cast<std::size_t>(row.state)) += row.subscriber == subscriber;
        return counts;
    }

    OutstandingRows outstanding(std::int64_t subscriber) override {
        OutstandingRows rows;
        for (const auto& [id, row] : disk_->tables().deliveries) {
            if (row.subscriber != subscriber || !is_outstanding(row.state)) continue;
            ++rows.by_key[row.ordering_key];
            rows.suspects += row.suspect;
        }
        return rows;
    }

    bool add(Delivery& delivery) override {
        const std::pair event{delivery.subscriber, *delivery.entry.envelope.metadata.event_id};
        if (disk_->tables().by_event.contains(event)) return false;
        delivery.id = disk_->tables().next_id++;
        disk_->change(&MemoryTables::by_event, event).emplace(event, delivery.id);
        disk_->change(&MemoryTables::deliveries, delivery.id).emplace(delivery.id, delivery);
        return true;
    }

    void update(const Delivery& delivery) override {
        if (!disk_->tables().deliveries.contains(delivery.id)) return;
        auto& row = disk_->change(&MemoryTables::deliveries, delivery.id).at(delivery.id);
        row.state = delivery.state;
        row.attempts = delivery.attempts;
        row.due = delivery.due;
        row.suspect = delivery.suspect;
        row.isolated = delivery.isolated;
        row.failure = delivery.failure;
        row.first_failure = delivery.first_failure;
        row.last_failure = delivery.last_failure;
        row.replay = delivery.replay;
        disk_->change(&MemoryTables::leases, delivery.id).erase(delivery.id);
    }

    void remove(std::int64_t id) override {
        const auto& rows = disk_->tables().deliveries;
        if (const auto found = rows.find(id); found != rows.end())
            disk_->erase(Delivery(found->second));
    }

    std::optional<Delivery> find_by_event(std::int64_t subscriber, const Uuid& id) override {
        const auto& rows = disk_->tables().by_event;
        const auto found = rows.find({subscriber, id});
        if (found == rows.end()) return std::nullopt;
        return disk_->tables().deliveries.at(found->second);
    }

    void promote(std::int64_t subscriber, std::uint64_t ordering_key, Timestamp now) override {
        const Delivery* first = nullptr;
        for (const auto& [id, row] : disk_->tables().deliveries)
            if (row.subscriber == subscriber && row.ordering_key == ordering_key &&
                row.state == DeliveryState::pending &&
                (!first || row.entry.offset < first->entry.offset))
                first = &row;
        if (!first) return;
        auto& row = disk_->change(&MemoryTables::deliveries, first->id).at(first->id);
        row.state = DeliveryState::waiting;
        row.due = now;
    }

    std::vector<Delivery> due(std::int64_t subscriber,
                              DeliveryState state,
                              bool suspect,
                              Timestamp now,
                              std::size_t limit) override {
        std::vector<const Delivery*> found;
        for (const auto& [id, row] : disk_->tables().deliveries)
            if (row.subscriber == subscriber && row.state == state && row.suspect == suspect &&
                row.due <= now)
                found.push_back(&row);
        std::ranges::sort(
            found, {}, [](const Delivery* row) { return std::pair(row->due, row->entry.offset); });
        if (found.size() > limit) found.resize(limit);
        std::vector<Delivery> rows;
        rows.reserve(found.size());
        for (const auto* row : found) rows.push_back(*row);
        return rows;
    }

    std::optional<Timestamp> next_due(std::int64_t subscriber,
                                      DeliveryState state,
                                      bool suspect,
                                      Timestamp now) override {
        std::optional<Timestamp> next;
        for (const auto& [id, row] : disk_->tables().deliveries)
            if (row.subscriber == subscriber && row.state == state && row.suspect == suspect &&
                row.due > now)
                next = std::min(next.value_or(Timestamp::max()), row.due);
        return next;
    }

    void renew_leases(std::int64_t subscriber, Timestamp until) override {
        for (const auto& row : lost_leases(subscriber))
            disk_->change(&MemoryTables::leases, row.id).insert_or_assign(row.id, until);
    }

    void lease(const Delivery& delivery, Timestamp until) override {
        if (!disk_->tables().deliveries.contains(delivery.id)) return;
        auto& row = disk_->change(&MemoryTables::deliveries, delivery.id).at(delivery.id);
        row.state = DeliveryState::leased;
        row.attempts = delivery.attempts;
        row.isolated = delivery.isolated;
        disk_->change(&MemoryTables::leases, row.id).insert_or_assign(row.id, until);
    }

    std::vector<Delivery> lost_leases(std::int64_t subscriber) override {
        std::vector<Delivery> rows;
        for (const auto& [id, row] : disk_->tables().deliveries)
            if (row.subscriber == subscriber && row.state == DeliveryState::leased)
                rows.push_back(row);
        std::ranges::sort(rows, {}, [](const Delivery& row) { return row.entry.offset; });
        return rows;
    }

    void note(const HandlerLogRow& row) override {
        const std::tuple key{
            row.handler, row.event_id.value_or(Uuid{}), row.note.kind, row.note.subject};
        if (disk_->tables().noted.contains(key)) return;
        disk_->change(&MemoryTables::noted, key).emplace(key, true);
        const auto id = disk_->tables().next_id++;
        disk_->change(&MemoryTables::handler_log, id).emplace(id, row).first->second.id = id;
    }

    void save(const Replay& replay) override {
        if (!disk_->tables().replays.contains(replay.id)) return;
        auto& row = disk_->change(&MemoryTables::replays, replay.id).at(replay.id);
        row.letters = replay.letters;
        row.range_next = replay.range_next;
        row.range_to = replay.range_to;
    }

    void end_replay_of(std::int64_t replay, DeliveryState how) override {
        if (!disk_->tables().replays.contains(replay)) return;
        auto& row = disk_->change(&MemoryTables::replays, replay).at(replay);
        const bool dead = how == DeliveryState::dead;
        const bool discarded = how == DeliveryState::discarded;
        row.done += !dead && !discarded;
        row.failed += dead;
        row.discarded += discarded;
    }

    std::vector<Replay> unread_ranges() override {
        std::vector<Replay> unread;
        for (const auto& [id, replay] : disk_->tables().replays)
            if (replay.range_next < replay.range_to) unread.push_back(replay);
        return unread;
    }

    std::optional<Timestamp> last_replaying() override {
        std::optional<Timestamp> last;
        for (const auto& [id, row] : disk_->tables().deliveries)
            if (row.state == DeliveryState::replaying)
                last = std::max(last.value_or(Timestamp::min()), row.due);
        return last;
    }

  private:
    const std::shared_ptr<MemoryDisk> disk_;
    MemoryRecords records_;
};

}  // namespace rotacast::bus
