#pragma once

// For tests of ReplicaJournal: a replica in a scratch directory, and entries of a common order.

#include "store/enricher_for_tests.hpp"
#include "store/journal_requests_for_tests.hpp"
#include "store/replica_journal.hpp"
#include "store/scratch_directory.hpp"

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace rotacast::store {

using Seconds = std::chrono::seconds;

/// An entry as the common order gives it.
inline ReplicaEntry ordered(bus::Offset offset, const events::Envelope& envelope) {
    auto raw = encode(envelope, "key:test");
    raw.offset = offset;
    raw.stored_at = Timestamp(Seconds(1'800'000'000) + Seconds(offset));
    return decode(std::move(raw)).value();
}

/// Entries `first` to `last`, all of schedule "s1".
inline std::vector<ReplicaEntry> some_entries(bus::Offset first, bus::Offset last) {
    std::vector<ReplicaEntry> entries;
    for (auto offset = first; offset <= last; ++offset)
        entries.push_back(ordered(offset, bus::some_event()));
    return entries;
}

inline std::vector<ReplicaEntry> part_of(const std::vector<ReplicaEntry>& entries,
                                         bus::Offset first,
                                         bus::Offset last) {
    std::vector<ReplicaEntry> part;
    for (const auto& entry : entries)
        if (entry.raw.offset >= first && entry.raw.offset <= last) part.push_back(entry);
    return part;
}

inline std::vector<RawEntry> raw_of(const std::vector<ReplicaEntry>& entries) {
    std::vector<RawEntry> raw;
    raw.reserve(entries.size());
    for (const auto& entry : entries) raw.push_back(entry.raw);
    return raw;
}

/// Calls `begin(done)` and waits for `done`.
template <class T, class Begin>
Result<T> wait_for(Begin begin) {
    auto promise = std::make_shared<std::promise<Result<T>>>();
    auto future = promise->get_future();
    begin([promise](Result<T> result) { promise->set_value(std::move(result)); });
    return future.get();
}

class ReplicaTest : public testing::Test {
  protected:
    void open() {
        journal.reset();
        journal = ReplicaJournal::open(path, options).value();
        journal->follow([this](const bus::EntryBatchPtr& batch) {
            const std::scoped_lock lock(mutex);
            if (batch->entries.empty()) announced.emplace_back(batch->epoch, batch->last);
            for (const auto& entry : batch->entries) told.push_back(entry);
        });
        journal->when_recovered([this](bus::Offset last) {
            const std::scoped_lock lock(mutex);
            recovered.push_back(last);
        });
    }

    Result<bus::Offset> apply(std::vector<ReplicaEntry> entries) {
        return wait_for<bus::Offset>(
            [&](auto done) { journal->apply(std::move(entries), std::move(done)); });
    }
    Result<void> begin_at(bus::Offset offset) {
        return wait_for<void>([&](auto done) { journal->begin_at(offset, std::move(done)); });
    }
    Result<std::uint64_t> rewind(ReplicaJournal::Rewind to) {
        return wait_for<std::uint64_t>(
            [&](auto done) { journal->rewind(std::move(to), std::move(done)); });
    }
    Result<std::uint64_t> adopt(std::string epoch, std::vector<FormerEpoch> former = {}) {
        return wait_for<std::uint64_t>([&](auto done) {
            journal->adopt(std::move(epoch), std::move(former), std::move(done));
        });
    }
    Result<std::vector<ReplicaJournal::Evaluation>> evaluate(
        std::vector<events::Envelope> envelopes) {
        return wait_for<std::vector<ReplicaJournal::Evaluation>>(
            [&](auto done) { journal->evaluate(std::move(envelopes), std::move(done)); });
    }
    /// All that was requested before is done, and the maintenance after it.
    void pass() {
        for (int i = 0; i < 2; ++i) ASSERT_TRUE(evaluate({}));
    }

    std::string epoch() const { return journal->state().epoch; }

    std::vector<bus::Offset> offsets_told() {
        const std::scoped_lock lock(mutex);
        std::vector<bus::Offset> offsets;
        offsets.reserve(told.size());
        for (const auto& entry : told) offsets.push_back(entry.offset);
        return offsets;
    }
    std::vector<bus::Offset> offsets_read() {
        std::vector<bus::Offset> offsets;
        const auto batch = journal->read(0, 1'000'000).value();
        for (const auto& entry : batch->entries) offsets.push_back(entry.offset);
        return offsets;
    }
    static std::vector<bus::Offset> range(bus::Offset first, bus::Offset last) {
        std::vector<bus::Offset> offsets;
        for (auto offset = first; offset <= last; ++offset) offsets.push_back(offset);
        return offsets;
    }

    ScratchDirectory folder;
    std::string path = folder.file("test.db");
    LastEntryEnricher enricher;  // used if a test sets it
    ReplicaJournalOptions options;
    std::mutex mutex;  // guards the records below, which the journal's thread writes
    std::vector<bus::Entry> told;
    std::vector<std::pair<std::string, bus::Offset>> announced;
    std::vector<bus::Offset> recovered;
    std::unique_ptr<ReplicaJournal> journal;
};

}  // namespace rotacast::store
