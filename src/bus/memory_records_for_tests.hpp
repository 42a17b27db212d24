#pragma once

// For tests: the operators' part of the delivery store, on a MemoryDisk.

#include "bus/memory_disk_for_tests.hpp"

#include <algorithm>

namespace rotacast::bus {

class MemoryRecords final : public DeliveryRecords {
  public:
    explicit MemoryRecords(std::shared_ptr<MemoryDisk> disk) : disk_(std::move(disk)) {}

    std::vector<SubscriberRecord> subscribers() override {
        std::map<std::string, SubscriberRecord> by_name;
        for (const auto& [id, record] : disk_->tables().subscribers) by_name[record.name] = record;
        std::vector<SubscriberRecord> records;
        records.reserve(by_name.size());
        for (auto& [name, record] : by_name) records.push_back(std::move(record));
        return records;
    }

    void remove_subscriber(std::int64_t id) override {
        std::vector<Delivery> removed;
        for (const auto& [row, delivery] : disk_->tables().deliveries)
            if (delivery.subscriber == id) removed.push_back(delivery);
        for (const auto& delivery : removed) disk_->erase(delivery);
        disk_->change(&MemoryTables::subscribers, id).erase(id);
    }

    std::optional<Timestamp> oldest_outstanding(std::int64_t subscriber) override {
        std::optional<Timestamp> oldest;
        for (const auto& [id, delivery] : disk_->tables().deliveries)
            if (delivery.subscriber == subscriber && is_outstanding(delivery.state))
                oldest = std::min(oldest.value_or(Timestamp::max()), delivery.entry.stored_at);
        return oldest;
    }

    void add_replay(Replay& replay) override {
        replay.id = disk_->tables().next_id++;
        disk_->change(&MemoryTables::replays, replay.id).emplace(replay.id, replay);
    }

    std::optional<Replay> find_replay(std::int64_t id) override {
        const auto& replays = disk_->tables().replays;
        const auto found = replays.find(id);
        return found == replays.end() ? std::nullopt : std::optional(found->second);
    }

    std::int64_t claim_dead_letters(const DeadLetterFilter& filter,
                                    std::int64_t replay,
                                    Timestamp from,
                                    std::chrono::microseconds interval) override {
        std::vector<std::pair<Offset, std::int64_t>> letters;
        for (const auto& [id, delivery] : disk_->tables().deliveries)
            if (delivery.state == DeliveryState::dead && fits(delivery, filter) &&
                disk_->tables().subscribers.at(delivery.subscriber).present)
                letters.emplace_back(delivery.entry.offset, id);
        std::ranges::sort(letters);
        auto due = std::chrono::microseconds(0);
        for (const auto& [offset, id] : letters) {
            auto& letter = disk_->change(&MemoryTables::deliveries, id).at(id);
            letter.state = DeliveryState::replaying;
            letter.attempts = 0;
            letter.suspect = false;
            letter.isolated = 0;
            letter.replay = replay;
            letter.due = from + std::chrono::floor<std::chrono::milliseconds>(due);
            due += interval;
        }
        return static_cast<std::int64_t>(letters.size());
    }

    std::int64_t discard(const DeadLetterFilter& filter,
                         const std::string& reason,
                         Timestamp now) override {
        std::vector<std::int64_t> ids;
        for (const auto& [id, delivery] : disk_->tables().deliveries)
            if ((delivery.state == DeliveryState::dead ||
                 delivery.state == DeliveryState::replaying) &&
                fits(delivery, filter))
                ids.push_back(id);
        for (const auto id : ids) {
            auto& letter = disk_->change(&MemoryTables::deliveries, id).at(id);
            if (disk_->tables().replays.contains(letter.replay))
                ++disk_->change(&MemoryTables::replays, letter.replay).at(letter.replay).discarded;
            letter.state = DeliveryState::discarded;
            letter.replay = 0;
            letter.reason = reason;
            letter.due = now;
        }
        return static_cast<std::int64_t>(ids.size());
    }

    std::int64_t restore(const DeadLetterFilter& filter) override {
        std::vector<std::int64_t> ids;
        for (const auto& [id, delivery] : disk_->tables().deliveries)
            if (delivery.state == DeliveryState::discarded && fits(delivery, filter))
                ids.push_back(id);
        for (const auto id : ids) {
            auto& letter = disk_->change(&MemoryTables::deliveries, id).at(id);
            letter.state = DeliveryState::dead;
            letter.reason.clear();
        }
        return static_cast<std::int64_t>(ids.size());
    }

    void audit(const AuditRow& row) override {
        const auto id = disk_->tables().next_id++;
        disk_->change(&MemoryTables::audit, id).emplace(id, row).first->second.id = id;
    }

    std::int64_t trim(Kept what, const KeepRule& rule, Timestamp now, std::size_t limit) override {
        switch (what) {
            case Kept::handler_log:
                return trim(
                    &MemoryTables::handler_log, rule, now, limit, [](const auto&) { return true; });
            case Kept::audit:
                return trim(
                    &MemoryTables::audit, rule, now, limit, [](const auto&) { return true; });
            case Kept::finished_replays:
                return trim(&MemoryTables::replays, rule, now, limit, [](const Replay& replay) {
                    return replay.finished();
                });
            case Kept::discarded_letters: return trim_dead_letters(rule, now, limit);
        }
        return 0;
    }

    std::vector<DeadLetter> dead_letters(const DeadLetterFilter& filter,
                                         const Page& page) override {
        std::vector<DeadLetter> letters;
        for (const auto& delivery :
             newest(disk_->tables().deliveries, page, [&](const Delivery& delivery) {
                 return delivery.state == state_of(filter) && fits(delivery, filter);
             }))
            letters.push_back({delivery,
                               disk_->tables().subscribers.at(delivery.subscriber).name,
                               events::to_json(delivery.entry.envelope)});
        return letters;
    }

    std::vector<DeadLetterGroup> dead_letter_groups(const DeadLetterFilter& filter) override {
        std::map<std::pair<std::string, std::string>, DeadLetterGroup> groups;
        for (const auto& [id, delivery] : disk_->tables().deliveries) {
            if (delivery.state != state_of(filter) || !fits(delivery, filter)) continue;
            const auto& name = disk_->tables().subscribers.at(delivery.subscriber).name;
            const auto first = delivery.first_failure.value_or(delivery.entry.stored_at);
            const auto last = delivery.last_failure.value_or(delivery.entry.stored_at);
            auto& group = groups[{name, delivery.failure.name}];
            if (group.count++ == 0)
                group = {name, delivery.failure.name, delivery.failure.message, 1, first, last};
            group.first_failure = std::min(group.first_failure, first);
            group.last_failure = std::max(group.last_failure, last);
        }
        std::vector<DeadLetterGroup> list;
        list.reserve(groups.size());
        for (auto& [key, group] : groups) list.push_back(std::move(group));
        std::ranges::stable_sort(list, std::greater{}, &DeadLetterGroup::count);
        return list;
    }

    std::vector<Replay> replays(const Page& page) override {
        return newest(disk_->tables().replays, page, [](const Replay&) { return true; });
    }
    std::vector<AuditRow> audits(const Page& page) override {
        return newest(disk_->tables().audit, page, [](const AuditRow&) { return true; });
    }
    std::vector<HandlerLogRow> handler_log(const std::optional<std::string>& handler,
                                           const std::optional<Uuid>& event_id,
                                           const Page& page) override {
        return newest(disk_->tables().handler_log, page, [&](const HandlerLogRow& row) {
            return (!handler || *handler == row.handler) && (!event_id || event_id == row.event_id);
        });
    }

  private:
    static DeliveryState state_of(const DeadLetterFilter& filter) {
        return filter.discarded ? DeliveryState::discarded : DeliveryState::dead;
    }

    bool fits(const Delivery& delivery, const DeadLetterFilter& filter) const {
        const auto& metadata = delivery.entry.envelope.metadata;
        return (!filter.id || *filter.id == delivery.id) &&
               (!filter.subscriber ||
                *filter.subscriber == disk_->tables().subscribers.at(delivery.subscriber).name) &&
               (!filter.event_type || *filter.event_type == metadata.event_type) &&
               (!filter.error_name || *filter.error_name == delivery.failure.name) &&
               (!filter.event_id || filter.event_id == metadata.event_id);
    }

    template <class Row, class Wanted>
    static std::vector<Row> newest(const std::map<std::int64_t, Row>& rows,
                                   const Page& page,
                                   Wanted wanted) {
        std::vector<Row> list;
        for (auto at = rows.rbegin(); at != rows.rend(); ++at)
            if ((page.before <= 0 || at->first < page.before) && wanted(at->second) &&
                list.size() < static_cast<std::size_t>(page.limit))
                list.push_back(at->second);
        return list;
    }

    template <class Row, class Over>
    std::int64_t trim(std::map<std::int64_t, Row> MemoryTables::*table,
                      const KeepRule& rule,
                      Timestamp now,
                      std::size_t limit,
                      Over is_over) {
        std::vector<std::int64_t> ids;
        const auto& rows = disk_->tables().*table;
        auto rest = static_cast<std::int64_t>(rows.size());
        for (const auto& [id, row] : rows) {
            const bool old = rule.age_max.count() > 0 && row.at < now - rule.age_max;
            const bool many = rule.rows_max > 0 && rest > rule.rows_max;
            if ((old || many) && is_over(row) && ids.size() < limit) ids.push_back(id);
            --rest;
        }
        for (const auto id : ids) disk_->change(table, id).erase(id);
        return static_cast<std::int64_t>(ids.size());
    }

    std::int64_t trim_dead_letters(const KeepRule& rule, Timestamp now, std::size_t limit) {
        std::vector<Delivery> discarded;
        for (const auto& [id, delivery] : disk_->tables().deliveries)
            if (delivery.state == DeliveryState::discarded) discarded.push_back(delivery);
        std::int64_t removed = 0;
        auto rest = static_cast<std::int64_t>(discarded.size());
        for (const auto& delivery : discarded) {
            const bool old = rule.age_max.count() > 0 && delivery.due < now - rule.age_max;
            const bool many = rule.rows_max > 0 && rest > rule.rows_max;
            --rest;
            if ((!old && !many) || removed >= static_cast<std::int64_t>(limit)) continue;
            disk_->erase(delivery);
            ++removed;
        }
        return removed;
    }

    const std::shared_ptr<MemoryDisk> disk_;
};

}  // namespace rotacast::bus
