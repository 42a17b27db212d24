// The writer thread of SqliteJournal: takes waiting requests, commits them and publishes the
// entries.

#include "store/sqlite_journal.hpp"

#include "base/log.hpp"
#include "base/thread.hpp"

namespace rotacast::store {
namespace {

constexpr std::int64_t trim_slice = 1'000;
constexpr std::size_t facts_slice = 1'000;

/// What publishers are told of a failed transaction: nothing was stored.
Error nothing_stored(const Error& cause) {
    return {ErrorCode::unavailable, cause.message, ""};
}

Error nothing_known(const Error& cause) {
    return {ErrorCode::unavailable,
            cause.message +
                " It is not known whether the events were stored; sent again with the "
                "same identifiers they are stored once.",
            ""};
}

Error not_open() {
    return {ErrorCode::unavailable, "The journal's disk has failed; it is tried again.", ""};
}

}  // namespace

void SqliteJournal::run() {
    expect_short_turns();
    for (;;) {
        auto batch = take_batch();
        if (!batch.empty()) {
            commit(std::move(batch));
        } else if (const std::scoped_lock lock(mutex_);
                   closing_ && queue_.empty() && held_.empty()) {
            return;
        }
        maintain();
    }
}

/// Waits for requests, the next maintenance or close(); returns the waiting requests, within
/// bounds.
SqliteJournal::Batch SqliteJournal::take_batch() {
    std::unique_lock lock(mutex_);
    if (extent_.knows_versions())
        for (; !held_.empty(); held_.pop_back()) queue_.push_front(std::move(held_.back()));
    if (!trim_more_ && held_.empty())
        wake_.wait_until(lock, next_maintenance_, [this] { return closing_ || !queue_.empty(); });
    Batch batch;
    std::size_t entries = 0;
    std::size_t bytes = 0;
    while (!queue_.empty()) {
        if (hold_for_versions(queue_.front())) continue;
        entries += queue_.front().entries();
        bytes += queue_.front().bytes;
        const bool fits =
            entries <= options_.commit_entries_max && bytes <= options_.commit_bytes_max;
        if (!batch.empty() && !fits) break;
        queued_bytes_ -= queue_.front().bytes;
        batch.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    return batch;
}

/// Requires mutex_. Moves a request that needs versions from the queue to held_, so that others can
/// pass it. Its bytes still count.
bool SqliteJournal::hold_for_versions(PendingAppend& pending) {
    if (pending.request.version_claims.empty() || extent_.knows_versions() || !writer_)
        return false;
    held_.push_back(std::move(pending));
    queue_.pop_front();
    return true;
}

void SqliteJournal::commit(Batch batch) {
    if (!writer_ || !publish_up_to(extent_.last)) {
        for (auto& pending : batch) pending.done(not_open());
        return;
    }
    const auto time = options_.clock();
    auto extent = extent_;
    auto answers = store(batch, extent, time);
    if (!answers && writer_->connection.io_failed()) answers = store_again(batch, extent, time);
    if (!answers) {
        // The transaction was rolled back: the offsets will be used again, and no one has seen
        // them.
        if (options_.enricher) options_.enricher->roll_back(0);
        set_writable(answers.error());
        for (auto& pending : batch) pending.done(answers.error());
        return;
    }
    extent_ = std::move(extent);
    if (options_.enricher) options_.enricher->commit();
    set_writable(std::nullopt);
    publish(new_entries(batch, *answers, time));
    for (std::size_t i = 0; i < batch.size(); ++i) batch[i].done(std::move((*answers)[i]));
    if (writer_->connection.io_failed()) reopen_or_refuse();  // a checkpoint failed
}

/// After an input/output error it is unknown whether the batch was stored. Stores it again in the
/// reopened file; entries that are already there are recognised as duplicates.
Result<SqliteJournal::Answers> SqliteJournal::store_again(Batch& batch,
                                                          JournalExtent& extent,
                                                          Timestamp time) {
    if (auto reopened = reopen(); !reopened) return nothing_known(reopened.error());
    extent = extent_;
    auto answers = store(batch, extent, time);
    if (!answers) {
        if (writer_->connection.io_failed()) close_file();  // maintain() tries again
        return nothing_known(answers.error());
    }
    for (auto& receipts : *answers)
        if (receipts)
            for (auto& receipt : *receipts) receipt.duplicate = receipt.offset <= published_;
    return answers;
}

Result<SqliteJournal::Answers> SqliteJournal::store(Batch& batch,
                                                    JournalExtent& extent,
                                                    Timestamp time) {
    auto transaction = Transaction::begin(writer_->connection);
    if (!transaction) return nothing_stored(transaction.error());
    Answers answers;
    answers.reserve(batch.size());
    for (auto& pending : batch) {
        auto receipts = writer_->table.add(pending, extent, time);
        if (!receipts && !is_refusal(receipts.error())) return nothing_stored(receipts.error());
        if (receipts) {
            for (std::size_t i = 0; i < receipts->size(); ++i) {
                if ((*receipts)[i].duplicate) continue;
                extent.last = (*receipts)[i].offset;
                extent.bytes += pending.bodies[i].size();
            }
        }
        answers.push_back(std::move(receipts));
    }
    if (auto saved = writer_->table.save(extent); !saved) return nothing_stored(saved.error());
    if (auto done = transaction->commit(); !done) return nothing_stored(done.error());
    return answers;
}

bus::EntryBatchPtr SqliteJournal::new_entries(Batch& batch,
                                              const Answers& answers,
                                              Timestamp time) const {
    auto result = std::make_shared<bus::EntryBatch>();
    result->epoch = extent_.epoch;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        if (!answers[i]) continue;
        auto& request = batch[i].request;
        for (std::size_t j = 0; j < answers[i]->size(); ++j) {
            const auto& receipt = (*answers[i])[j];
            if (receipt.duplicate) continue;
            result->bytes += batch[i].bodies[j].size();
            result->entries.push_back({receipt.offset,
                                       time,
                                       request.publisher,
                                       std::move(request.envelopes[j]),
                                       std::move(batch[i].known[j])});
        }
    }
    return result;
}

void SqliteJournal::publish(bus::EntryBatchPtr entries) {
    if (entries->entries.empty()) return;
    published_ = entries->entries.back().offset;
    keeper_.note_seen(published_);
    show_extent();
    if (tail_) tail_(std::move(entries));
}

/// Publishes entries that were found in the file after their requests were answered as unknown.
/// Returns false if they cannot be read; then no later entry may be published.
bool SqliteJournal::publish_up_to(bus::Offset last) {
    while (published_ < last) {
        auto batch = read(published_, options_.commit_entries_max);
        if (!batch || (*batch)->entries.empty()) return false;
        publish(std::move(*batch));
    }
    return true;
}

/// Runs between batches: a slice of retention, or a retry after a failure.
void SqliteJournal::maintain() {
    collect_versions();
    const auto& retention = options_.retention;
    const auto entries = extent_.last + 1 - extent_.first;
    const bool over = (retention.entries_max > 0 && entries > retention.entries_max) ||
                      (retention.bytes_max > 0 && extent_.bytes > retention.bytes_max);
    const auto time = std::chrono::steady_clock::now();
    const bool due = time >= next_maintenance_;
    const bool writable = state().writable;
    if (!due && !(writable && (over || trim_more_))) return;
    if (due) next_maintenance_ = time + options_.maintenance_interval;
    trim_more_ = false;
    if (writable || try_to_recover()) trim();
}

/// Returns true if the journal can be written again.
bool SqliteJournal::try_to_recover() {
    auto done = writer_ ? Result<void>() : reopen();
    if (done && !publish_up_to(extent_.last)) done = not_open();
    if (done) {
        done = writer_->table.probe();
        if (!done && writer_->connection.io_failed()) close_file();
    }
    if (!done)
        set_writable(done.error());
    else
        set_writable(std::nullopt);
    return done.has_value();
}

void SqliteJournal::trim() {
    auto kept =
        writer_->table.trim(extent_, options_.retention, retention_time(), trim_slice, trim_more_);
    if (kept) {
        extent_ = std::move(*kept);
        show_extent();
        kept = writer_->table.keep_facts_behind(extent_, facts_slice);
        if (kept) extent_ = std::move(*kept);
    }
    // Otherwise the next interval tries again.
    if (!kept && writer_->connection.io_failed()) reopen_or_refuse();
}

Timestamp SqliteJournal::retention_time() {
    const auto steady = options_.steady();
    const auto time = retention_clock_->look(options_.clock(), steady);
    keeper_.note_time(time);
    return time;
}

void SqliteJournal::set_writable(const std::optional<Error>& reason) {
    const std::scoped_lock lock(mutex_);
    if (reason && state_.writable) log::error("The journal cannot be written: {}", reason->message);
    if (!reason && !state_.writable) log::info("The journal can be written again.");
    state_.writable = !reason;
    state_.reason = reason ? reason->message : "";
}

void SqliteJournal::show_extent() {
    const std::scoped_lock lock(mutex_);
    if (state_.epoch != extent_.epoch) {
        state_.epoch = extent_.epoch;
        former_ = keeper_.former();
    }
    state_.first = extent_.first;
    state_.last = extent_.last;
}

}  // namespace rotacast::store
