#pragma once

// For tests: a common order in memory, and a bus::Journal that appends to it and keeps a
// ReplicaJournal, as a member of a cluster does.

#include "store/pending_append.hpp"
#include "store/replica_journal.hpp"
#include "store/same_event.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace rotacast::store {

/// Thread: one at a time.
class CommonOrder {
  public:
    struct Ordered {
        bus::Receipts receipts;
        std::vector<ReplicaEntry> entries;  ///< the new ones
    };

    Result<Ordered> append(bus::AppendRequest request, const std::string& epoch) {
        const auto key = request.publisher + '\n' + request.idempotency_key.value_or("");
        if (const auto found = keys_.find(key); request.idempotency_key && found != keys_.end()) {
            if (found->second.first != request.content_digest)
                return Error{ErrorCode::idempotency_conflict, "The key was used.", ""};
            auto receipts = found->second.second;
            for (auto& receipt : receipts) receipt.duplicate = true;
            return Ordered{std::move(receipts), {}};
        }
        auto prepared = prepare(std::move(request));
        if (!prepared) return prepared.error();
        auto ordered = order(*prepared, epoch);
        if (!ordered) return ordered;
        if (prepared->request.idempotency_key)
            keys_[key] = {prepared->request.content_digest, ordered->receipts};
        return ordered;
    }

  private:
    struct Event {
        bus::Offset offset = 0;
        std::string body;
    };
    using Aggregate = std::pair<std::string, std::string>;

    Result<Ordered> order(const PendingAppend& pending, const std::string& epoch) {
        auto events = events_;
        auto versions = versions_;
        auto last = last_;
        Ordered ordered;
        auto claim = pending.request.version_claims.begin();
        for (std::size_t i = 0; i < pending.entries(); ++i) {
            const auto at = '/' + std::to_string(i);
            const auto& envelope = pending.request.envelopes[i];
            const auto id = *envelope.metadata.event_id;
            const Aggregate aggregate{envelope.aggregate_type, envelope.aggregate_id};
            const auto known = events.find(id);
            const bool claims = claim != pending.request.version_claims.end() && claim->event == i;
            const auto& expected = claims ? (claim++)->expected.last : none_;
            if (known != events.end()) {
                if (!is_same_event(known->second.body, pending.bodies[i]))
                    return Error{ErrorCode::idempotency_conflict, "Another event.", at};
                ordered.receipts.push_back({id, known->second.offset, true, {}, epoch});
                continue;
            }
            const auto version = versions[aggregate];
            const bus::Cursor present{epoch, {version}};
            const bool holds = expected ? expected->epoch == epoch && version != 0 &&
                                              expected->position.offset == version
                                        : version == 0;
            if (claims && !holds)
                return Error{ErrorCode::version_conflict,
                             "The present version is " + to_string(present) + '.',
                             at + "/expected_version"};
            versions[aggregate] = ++last;
            events[id] = {last, pending.bodies[i]};
            ordered.receipts.push_back({id, last, false, {}, epoch});
            auto raw = encode(envelope, pending.request.publisher);
            raw.offset = last;
            raw.stored_at = now();
            ordered.entries.push_back({std::move(raw), envelope});
        }
        events_ = std::move(events);
        versions_ = std::move(versions);
        last_ = last;
        return ordered;
    }

    const std::optional<bus::Cursor> none_;
    std::map<Uuid, Event> events_;
    std::map<Aggregate, bus::Offset> versions_;
    std::map<std::string, std::pair<std::string, bus::Receipts>> keys_;
    bus::Offset last_ = 0;
};

/// The order outlives the journal and its file being closed, as a cluster's does.
class OrderedReplica final : public bus::Journal {
  public:
    OrderedReplica(std::unique_ptr<ReplicaJournal> replica, std::shared_ptr<CommonOrder> order)
        : replica_(std::move(replica)), order_(std::move(order)) {}

    void append(bus::AppendRequest request, Done done) override {
        const std::scoped_lock lock(mutex_);
        auto ordered = order_->append(std::move(request), replica_->state().epoch);
        if (!ordered) return done(ordered.error());
        // Also without new entries: answers come in the order of the requests.
        replica_->apply(std::move(ordered->entries),
                        [done = std::move(done), receipts = std::move(ordered->receipts)](
                            const Result<bus::Offset>& applied) {
                            if (applied)
                                done(receipts);
                            else
                                done(applied.error());
                        });
    }
    void follow(Tail tail) override { replica_->follow(std::move(tail)); }
    Result<bus::EntryBatchPtr> read(bus::Offset after, std::size_t limit) override {
        return replica_->read(after, limit);
    }
    bus::JournalState state() const override { return replica_->state(); }
    std::optional<bus::Offset> shared_with(const std::string& epoch) const override {
        return replica_->shared_with(epoch);
    }
    void close() override { replica_->close(); }

  private:
    std::mutex mutex_;
    std::unique_ptr<ReplicaJournal> replica_;
    std::shared_ptr<CommonOrder> order_;
};

}  // namespace rotacast::store
