#pragma once

// For tests: the rows of an in-memory delivery store, and its failures. A MemoryDisk outlives the
// store that uses it, can be copied at any moment as a crash would leave it, counts commits, fails
// those that a test selects, and detects misuse of the port.

#include "bus/delivery_store.hpp"

#include <functional>
#include <limits>
#include <ranges>
#include <tuple>

namespace rotacast::bus {

struct MemoryTables {
    std::map<std::int64_t, SubscriberRecord> subscribers;
    std::map<std::int64_t, Delivery> deliveries;
    std::map<std::pair<std::int64_t, Uuid>, std::int64_t> by_event;
    std::map<std::int64_t, Timestamp> leases;  ///< by delivery, until when
    std::map<std::int64_t, HandlerLogRow> handler_log;
    std::map<std::tuple<std::string, Uuid, std::string, std::string>, bool> noted;
    std::map<std::int64_t, Replay> replays;
    std::map<std::int64_t, AuditRow> audit;
    std::int64_t next_id = 1;
};

class MemoryDisk {
  public:
    /// What a failed commit stores.
    enum class Left : std::uint8_t {
        nothing,
        everything,  ///< like a disk that wrote everything and failed to report it
    };

    static constexpr std::int64_t for_ever = std::numeric_limits<std::int64_t>::max();

    /// Fails the `nth` commit from now on (from 1) and the `times - 1` that follow it.
    void fail_commits(std::int64_t nth, std::int64_t times = 1, Left left = Left::nothing) {
        fail_from_ = commits_ + nth;
        fail_end_ = times > for_ever - fail_from_ ? for_ever : fail_from_ + times;
        left_ = left;
    }
    /// Fails the `nth` transaction from now on, from its begin().
    void fail_begin(std::int64_t nth) { fail_begin_ = begins_ + nth; }
    void heal() { fail_from_ = fail_end_ = fail_begin_ = 0; }

    /// The rows that a process would leave if it ended now.
    std::shared_ptr<MemoryDisk> copy() const {
        auto disk = std::make_shared<MemoryDisk>();
        disk->tables_ = tables_;
        for (const auto& step : std::ranges::reverse_view(undo_)) step(disk->tables_);
        return disk;
    }

    /// All commits that were called, including failed ones.
    std::int64_t commits() const { return commits_; }
    std::int64_t begins() const { return begins_; }
    std::int64_t failures() const { return failures_; }
    /// Nested transactions and calls outside of one. Both are forbidden.
    int misuses() const { return misuses_; }

    /// Includes uncommitted rows.
    const MemoryTables& peek() const { return tables_; }

    // Used by the store.

    void begin() {
        misuses_ += active_;
        undo();
        active_ = true;
        error_ = ++begins_ == fail_begin_;
    }
    Result<void> commit() {
        misuses_ += !active_;
        ++commits_;
        const bool fails = commits_ >= fail_from_ && commits_ < fail_end_;
        if (!error_ && (!fails || left_ == Left::everything)) undo_.clear();
        undo();
        active_ = false;
        return error_ || fails ? Result<void>(failure()) : Result<void>();
    }
    Result<void> roll_back() {
        undo();
        active_ = false;
        return error_ ? Result<void>(failure()) : Result<void>();
    }

    /// Empty tables after a failure.
    MemoryTables& tables() {
        misuses_ += !active_;
        if (!error_) return tables_;
        nothing_ = {};
        return nothing_;
    }

    /// The table, prepared for a change of the row with that key.
    template <class Table>
    Table& change(Table MemoryTables::*table, const typename Table::key_type& key) {
        auto& rows = tables().*table;
        if (error_) return rows;
        const auto found = rows.find(key);
        auto old = found == rows.end() ? std::nullopt : std::optional(found->second);
        undo_.push_back([table, key, old = std::move(old)](MemoryTables& all) {
            if (old)
                (all.*table).insert_or_assign(key, *old);
            else
                (all.*table).erase(key);
        });
        return rows;
    }

    void erase(const Delivery& delivery) {
        const auto id = delivery.id;
        const std::pair event{delivery.subscriber, *delivery.entry.envelope.metadata.event_id};
        change(&MemoryTables::by_event, event).erase(event);
        change(&MemoryTables::leases, id).erase(id);
        change(&MemoryTables::deliveries, id).erase(id);
    }

  private:
    void undo() {
        for (const auto& step : std::ranges::reverse_view(undo_)) step(tables_);
        undo_.clear();
    }
    Error failure() {
        ++failures_;
        error_ = false;
        return {ErrorCode::unavailable, "Refused for the test.", ""};
    }

    MemoryTables tables_;
    MemoryTables nothing_;
    std::vector<std::function<void(MemoryTables&)>> undo_;
    bool active_ = false;
    bool error_ = false;
    std::int64_t begins_ = 0;
    std::int64_t fail_begin_ = 0;
    std::int64_t commits_ = 0;
    std::int64_t failures_ = 0;
    int misuses_ = 0;
    std::int64_t fail_from_ = 0;
    std::int64_t fail_end_ = 0;
    Left left_ = Left::nothing;
};

}  // namespace rotacast::bus
