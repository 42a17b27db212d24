// The writer thread of SqliteJournal: takes waiting requests, commits them and publishes the
// entries.

#include "store/sqlite_journal.hpp"

#include "base/thread.hpp"
#include "store/journal_failure.hpp"

namespace rotacast::store {

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
    if (file_.extent().knows_versions())
        for (; !held_.empty(); held_.pop_back()) queue_.push_front(std::move(held_.back()));
    if (!upkeep_.has_more() && held_.empty())
        wake_.wait_until(lock, upkeep_.next(), [this] { return closing_ || !queue_.empty(); });
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
    if (pending.request.version_claims.empty() || file_.extent().knows_versions() ||
        !file_.is_open())
        return false;
    held_.push_back(std::move(pending));
    queue_.pop_front();
    return true;
}

void SqliteJournal::commit(Batch batch) {
    if (!file_.is_open() || !feed_.publish_up_to(file_.extent().last)) {
        for (auto& pending : batch) pending.done(not_open());
        return;
    }
    const auto time = options_.clock();
    auto extent = file_.extent();
    auto answers = store(batch, extent, time);
    if (!answers && file_.has_failed()) answers = store_again(batch, extent, time);
    if (!answers) {
        // The transaction was rolled back: the offsets will be used again, and no one has seen
        // them.
        if (options_.enricher) options_.enricher->roll_back(0);
        view_.set_writable(answers.error());
        for (auto& pending : batch) pending.done(answers.error());
        return;
    }
    file_.extent() = std::move(extent);
    if (options_.enricher) options_.enricher->commit();
    view_.set_writable(std::nullopt);
    feed_.publish(new_entries(batch, *answers, time));
    for (std::size_t i = 0; i < batch.size(); ++i) batch[i].done(std::move((*answers)[i]));
    if (file_.has_failed()) reopen_or_refuse();  // a checkpoint failed
}

/// After an input/output error it is unknown whether the batch was stored. Stores it again in the
/// reopened file; entries that are already there are recognised as duplicates.
Result<SqliteJournal::Answers> SqliteJournal::store_again(Batch& batch,
                                                          JournalExtent& extent,
                                                          Timestamp time) {
    if (auto reopened = reopen(); !reopened) return nothing_known(reopened.error());
    extent = file_.extent();
    auto answers = store(batch, extent, time);
    if (!answers) {
        if (file_.has_failed()) file_.close(view_);  // maintain() tries again
        return nothing_known(answers.error());
    }
    for (auto& receipts : *answers)
        if (receipts)
            for (auto& receipt : *receipts) receipt.duplicate = receipt.offset <= feed_.published();
    return answers;
}

Result<SqliteJournal::Answers> SqliteJournal::store(Batch& batch,
                                                    JournalExtent& extent,
                                                    Timestamp time) {
    auto transaction = Transaction::begin(file_.connection());
    if (!transaction) return nothing_stored(transaction.error());
    Answers answers;
    answers.reserve(batch.size());
    for (auto& pending : batch) {
        auto receipts = file_.table().add(pending, extent, time);
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
    if (auto saved = file_.table().save(extent); !saved) return nothing_stored(saved.error());
    if (auto done = transaction->commit(); !done) return nothing_stored(done.error());
    return answers;
}

bus::EntryBatchPtr SqliteJournal::new_entries(Batch& batch,
                                              const Answers& answers,
                                              Timestamp time) {
    auto result = std::make_shared<bus::EntryBatch>();
    result->epoch = file_.extent().epoch;
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

/// Runs between batches: a slice of retention, or a retry after a failure.
void SqliteJournal::maintain() {
    collect_versions();
    const bool writable = view_.state().writable;
    if (!upkeep_.is_due(writable)) return;
    if (!writable && !try_to_recover()) return;
    upkeep_.trim();
    if (file_.has_failed()) reopen_or_refuse();
}

/// Returns true if the journal can be written again.
bool SqliteJournal::try_to_recover() {
    auto done = file_.is_open() ? Result<void>() : reopen();
    if (done && !feed_.publish_up_to(file_.extent().last)) done = not_open();
    if (done) {
        done = file_.table().probe();
        if (!done && file_.has_failed()) file_.close(view_);
    }
    if (!done)
        view_.set_writable(done.error());
    else
        view_.set_writable(std::nullopt);
    return done.has_value();
}

}  // namespace rotacast::store
