// The writer's thread of SqliteJournal: takes what waits, commits it, tells.

#include "store/sqlite_journal.hpp"

#include "base/log.hpp"
#include "base/thread.hpp"

namespace rotacast::store {
namespace {

constexpr std::int64_t trim_slice = 1'000;
constexpr std::size_t facts_slice = 1'000;

/// Whatever went wrong in a transaction, for publishers it is this: nothing was stored.
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

/// Waits for work, for the next maintenance or for the end; what there is then, within bounds.
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

/// With mutex_: the queue's first may have to wait, while others pass it. Its bytes still count.
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
        // Rolled back by now: the offsets will be given again, and nobody was told of them.
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
    if (writer_->connection.io_failed()) reopen_or_refuse();  // of a checkpoint
}

/// After an input/output error nobody knows whether the batch was stored. Once the file is open
/// again it is stored again: what is there already is found there.
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

/// Entries that were found in the file, and whose requests were told that nobody knows. False: they
/// cannot be read, and nothing may be told that comes after them.
bool SqliteJournal::publish_up_to(bus::Offset last) {
    while (published_ < last) {
        auto batch = read(published_, options_.commit_entries_max);
        if (!batch || (*batch)->entries.empty()) return false;
        publish(std::move(*batch));
    }
    return true;
}

/// Between batches: a slice of retention, and trying again after a failure.
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

/// True: it can be written again.
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
    // Else the next interval tries again.
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
