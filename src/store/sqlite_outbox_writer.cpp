// The writer thread of SqliteOutbox: commits all waiting requests in one transaction.

#include "store/sqlite_outbox.hpp"

#include "base/log.hpp"
#include "base/thread.hpp"
#include "store/journal_failure.hpp"

#include <algorithm>
#include <utility>

namespace rotacast::store {
namespace {

Error outbox_not_open() {
    return {ErrorCode::unavailable, "The outbox' disk has failed; it is tried again.", ""};
}

}  // namespace

void SqliteOutbox::run() {
    expect_short_turns();
    for (;;) {
        auto batch = take();
        if (!batch.empty()) {
            store(std::move(batch));
        } else if (const std::scoped_lock lock(mutex_); closing_ && queue_.empty()) {
            return;
        }
        try_to_recover();
    }
}

/// Waits for requests, close() or, after a failure, the next try.
SqliteOutbox::Batch SqliteOutbox::take() {
    std::unique_lock lock(mutex_);
    const auto woken = [this] { return closing_ || !queue_.empty(); };
    if (state_.writable)
        wake_.wait(lock, woken);
    else
        wake_.wait_until(lock, next_try_, woken);
    Batch batch;
    std::size_t rows = 0;
    while (!queue_.empty()) {
        rows += std::max<std::size_t>(1, queue_.front().rows);
        if (!batch.empty() && rows > options_.commit_rows_max) break;
        batch.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    return batch;
}

void SqliteOutbox::store(Batch batch) {
    number(batch);
    auto done = file_ ? write(batch) : outbox_not_open();
    if (!done && file_ && file_->has_failed()) done = write_again(batch);
    const auto was_empty = state().rows == 0;
    show(done ? std::nullopt : std::optional(done.error()));
    {
        // Until now they counted as waiting, so that no more were accepted than the bounds permit.
        const std::scoped_lock lock(mutex_);
        for (const auto& request : batch) {
            queued_rows_ -= request.rows;
            queued_bytes_ -= request.bytes;
        }
    }
    for (auto& request : batch) {
        if (auto* add = std::get_if<Add>(&request.what)) {
            if (done)
                add->done(add->first + request.rows - 1);
            else
                add->done(done.error());
        } else if (auto& removed = std::get<Remove>(request.what).done) {
            removed(done);
        }
    }
    if (done && !was_empty && state().rows == 0)
        if (auto shrunk = file_->shrink(); !shrunk)
            log::warn("The outbox' file stays large: {}", shrunk.error().message);
    if (file_ && file_->has_failed())
        if (auto connected = connect(); !connected) show(connected.error());
}

/// Rows keep their numbers when they are written again, so that none is stored twice.
void SqliteOutbox::number(Batch& batch) {
    for (auto& request : batch) {
        auto* add = std::get_if<Add>(&request.what);
        if (!add) continue;
        add->first = numbered_ + 1;
        numbered_ += add->texts.size();
    }
}

Result<void> SqliteOutbox::write(const Batch& batch) {
    if (auto begun = file_->begin(); !begun) return nothing_stored(begun.error());
    const auto time = options_.clock();
    for (const auto& request : batch) {
        Result<void> done;
        if (const auto* add = std::get_if<Add>(&request.what)) {
            for (std::size_t i = 0; done && i < add->texts.size(); ++i)
                done = file_->add(add->first + i, time, add->texts[i]);
        } else {
            const auto& remove = std::get<Remove>(request.what);
            if (remove.up_to > 0) done = file_->remove_up_to(remove.up_to);
            for (std::size_t i = 0; done && i < remove.rows.size(); ++i)
                done = file_->remove(remove.rows[i]);
        }
        if (!done) {
            file_->roll_back();
            return nothing_stored(done.error());
        }
    }
    if (auto done = file_->commit(); !done) return nothing_stored(done.error());
    return {};
}

/// After an input/output error it is unknown whether the batch was stored.
Result<void> SqliteOutbox::write_again(const Batch& batch) {
    if (auto connected = connect(); !connected) return nothing_known(connected.error());
    auto done = write(batch);
    if (done) return done;
    if (file_->has_failed()) close_file();  // try_to_recover() tries again
    return nothing_known(done.error());
}

/// Opens the file anew.
Result<void> SqliteOutbox::connect() {
    if (file_) log::warn("The outbox' disk has failed; the file is opened anew.");
    close_file();
    auto file = OutboxFile::open(path_, options_.connection);
    if (!file) return file.error();
    auto reader = OutboxReader::open(path_);
    if (!reader) return reader.error();
    file_.emplace(std::move(*file));
    numbered_ = std::max(numbered_, file_->extent().last);
    const std::scoped_lock lock(reader_mutex_);
    reader_.emplace(std::move(*reader));
    return {};
}

void SqliteOutbox::close_file() {
    const std::scoped_lock lock(reader_mutex_);
    reader_.reset();
    file_.reset();
}

void SqliteOutbox::try_to_recover() {
    if (state().writable) return;
    const auto time = std::chrono::steady_clock::now();
    if (time < next_try_) return;
    next_try_ = time + options_.retry_interval;
    auto done = file_ ? Result<void>() : connect();
    if (done) done = file_->probe();
    if (!done && file_ && file_->has_failed()) close_file();
    show(done ? std::nullopt : std::optional(done.error()));
}

void SqliteOutbox::show(const std::optional<Error>& reason) {
    const std::scoped_lock lock(mutex_);
    if (reason && state_.writable) log::error("The outbox cannot be written: {}", reason->message);
    if (!reason && !state_.writable) log::info("The outbox can be written again.");
    state_.writable = !reason;
    state_.reason = reason ? reason->message : "";
    if (!file_) return;
    const auto& extent = file_->extent();
    state_.rows = extent.rows;
    state_.bytes = extent.bytes;
    state_.last = std::max(state_.last, extent.last);
}

}  // namespace rotacast::store
