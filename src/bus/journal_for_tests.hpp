#pragma once

// For tests: an in-memory journal that answers at once and can drop entries, fail and be replaced.

#include "bus/journal.hpp"

#include <algorithm>
#include <map>
#include <mutex>

namespace rotacast::bus {

class MemoryJournal : public Journal {
  public:
    void append(AppendRequest request, Done done) override {
        EntryBatchPtr added;
        auto result = store(std::move(request), added);
        if (added && tail) tail(added);
        done(std::move(result));
    }

    void follow(Tail follower) override { tail = std::move(follower); }

    Result<EntryBatchPtr> read(Offset after, std::size_t limit) override {
        if (read_fails) return Error{ErrorCode::unavailable, "No disk.", ""};
        const std::scoped_lock lock(mutex);
        auto batch = std::make_shared<EntryBatch>();
        batch->epoch = epoch;
        for (auto at = std::max(after + 1, first);
             at <= entries.size() && batch->entries.size() < limit;
             ++at)
            batch->entries.push_back(entries[at - 1]);
        ++reads;
        return EntryBatchPtr(batch);
    }

    JournalState state() const override {
        const std::scoped_lock lock(mutex);
        return {epoch, first, static_cast<Offset>(entries.size()), true, ""};
    }

    std::optional<Offset> shared_with(const std::string& name) const override {
        const std::scoped_lock lock(mutex);
        if (name == epoch) return entries.size();
        const auto found = former.find(name);
        return found == former.end() ? std::nullopt : std::optional(found->second);
    }

    void close() override {}

    /// Drops the entries before `offset`, as retention does.
    void trim(Offset offset) {
        const std::scoped_lock lock(mutex);
        first = offset;
    }

    void become_another(std::string name) {
        const std::scoped_lock lock(mutex);
        epoch = std::move(name);
        entries.clear();
        former.clear();
        keys.clear();
        ids.clear();
        first = 1;
    }

    /// Loses the entries after `last`, begins a new epoch and notifies the tail.
    void lose_entries_behind(Offset last, std::string name) {
        auto told = std::make_shared<EntryBatch>();
        {
            const std::scoped_lock lock(mutex);
            for (auto& [older, shared] : former) shared = std::min(shared, last);
            former[epoch] = last;
            epoch = std::move(name);
            entries.resize(last);
            keys.clear();
            std::erase_if(ids, [&](const auto& known) { return known.second > last; });
            told->epoch = epoch;
            told->last = last;
        }
        if (tail) tail(told);
    }

    mutable std::mutex mutex;
    std::string epoch = "e1";
    std::vector<Entry> entries;
    std::map<std::string, Receipts> keys;
    std::map<Uuid, Offset> ids;
    std::map<std::string, Offset> former;
    Offset first = 1;
    Tail tail;
    int refusals = 0;  ///< the number of appends to refuse
    bool read_fails = false;
    int reads = 0;
    Enricher* enricher = nullptr;

  private:
    Result<Receipts> store(AppendRequest request, EntryBatchPtr& added) {
        const std::scoped_lock lock(mutex);
        if (refusals > 0 && refusals-- > 0)
            return Error{ErrorCode::unavailable, "Refused for the test.", ""};
        const auto key = request.publisher + " " + request.idempotency_key.value_or("");
        if (request.idempotency_key && keys.contains(key)) {
            auto receipts = keys[key];
            for (auto& receipt : receipts) {
                receipt.duplicate = true;
                receipt.epoch = epoch;
            }
            return receipts;
        }
        Receipts receipts;
        auto batch = std::make_shared<EntryBatch>();
        batch->epoch = epoch;
        for (auto& envelope : request.envelopes) {
            const auto id = *envelope.metadata.event_id;
            if (const auto known = ids.find(id); known != ids.end()) {
                receipts.push_back({id, known->second, true, {}, epoch});
                continue;
            }
            const auto offset = static_cast<Offset>(entries.size() + 1);
            receipts.push_back({id, offset, false, {}, epoch});
            ids.emplace(id, offset);
            KnownPtr known;
            if (enricher) {
                known = enricher->known(envelope.event);
                enricher->learn(offset, envelope.event, known);
                enricher->commit();
                receipts.back().unseen = enricher->unseen(envelope.event, known.get());
            }
            entries.push_back(
                {offset, now(), request.publisher, std::move(envelope), std::move(known)});
            batch->entries.push_back(entries.back());
        }
        if (request.idempotency_key) keys[key] = receipts;
        if (!batch->entries.empty()) added = batch;
        return receipts;
    }
};

}  // namespace rotacast::bus
