#include "app/journal_tail.hpp"

#include "base/fault.hpp"
#include "base/log.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace rotacast::app {
namespace {

bus::Offset last_of(const bus::EntryBatch& batch) {
    return batch.entries.empty() ? batch.last : batch.entries.back().offset;
}

/// The offset before the batch's first entry.
bus::Offset before(const bus::EntryBatch& batch) {
    return batch.entries.empty() ? batch.last : batch.entries.front().offset - 1;
}

/// The entries after `position`.
bus::EntryBatchPtr rest_of(const bus::EntryBatch& batch, bus::Offset position) {
    auto rest = std::make_shared<bus::EntryBatch>(batch);
    std::erase_if(rest->entries,
                  [position](const bus::Entry& entry) { return entry.offset <= position; });
    return rest;
}

}  // namespace

JournalTail::JournalTail(boost::asio::any_io_executor loop,
                         boost::asio::any_io_executor workers,
                         bus::Journal& journal,
                         const bus::JournalState& state,
                         std::function<void(const bus::EntryBatchPtr&)> take)
    : loop_(std::move(loop)),
      workers_(std::move(workers)),
      journal_(journal),
      take_(std::move(take)),
      position_(state.last),
      epoch_(state.epoch),
      retry_timer_(loop_),
      first_epoch_(state.epoch) {}

// After one batch was dropped, all that follow are dropped until the loop has read that far;
// otherwise the loop would take them before the missing ones. The start of an epoch, or what comes
// after a hole, is kept separately, so that it is never dropped.
void JournalTail::on_entries(bus::EntryBatchPtr batch) noexcept {
    {
        const std::scoped_lock lock(mutex_);
        if (!batch->unordered && (batch->entries.empty() || !is_of_newest_epoch(*batch))) {
            // Entries before it that the loop missed can no longer be read.
            newest_start_ = batch;
            missing_to_ = 0;
        }
        if (!batch->entries.empty()) keep(batch);
    }
    try {
        wake();
    } catch (...) {
        log::error("journal tail: the loop could not be woken: {}", fault_name());
    }
}

bool JournalTail::is_of_newest_epoch(const bus::EntryBatch& batch) const {
    return batch.epoch == (newest_start_ ? newest_start_->epoch : first_epoch_);
}

// Call with mutex_ locked.
void JournalTail::keep(const bus::EntryBatchPtr& batch) noexcept {
    const bool room = waiting_.empty() || waiting_bytes_ + batch->bytes <= waiting_bytes_max;
    if (missing_to_ == 0 && room) {
        try {
            waiting_.push_back(batch);
            waiting_bytes_ += batch->bytes;
            return;
        } catch (...) {
            log::error("journal tail: no memory for what was stored: {}", fault_name());
        }
    }
    if (batch->unordered) return;  // it comes again
    if (std::exchange(missing_to_, last_of(*batch)) != 0) return;
    catch_ups_.fetch_add(1, std::memory_order_relaxed);
    log::warn(
        "journal tail: the loop that follows stands still or is too slow; it will have to read "
        "from the journal what comes now");
}

void JournalTail::wake() {
    if (awake_.exchange(true, std::memory_order_acq_rel)) return;
    try {
        boost::asio::post(loop_, [this] { take_waiting(); });
    } catch (...) {
        awake_ = false;
        throw;
    }
}

void JournalTail::take_waiting() noexcept {
    awake_.store(false, std::memory_order_release);
    std::vector<bus::EntryBatchPtr> taken;
    bus::EntryBatchPtr newest_start;
    bus::Offset missing_to = 0;
    {
        const std::scoped_lock lock(mutex_);
        taken.swap(waiting_);
        waiting_bytes_ = 0;
        newest_start = newest_start_;
        missing_to = missing_to_;
    }
    try {
        for (const auto& batch : taken) take(batch);
        if (newest_start && goes_on_elsewhere(*newest_start)) begin(*newest_start);
        if (missing_to != 0) read_missing(missing_to);
    } catch (...) {
        log::error("journal tail: entries could not be shown yet: {}", fault_name());
        start_over(taken);
    }
}

void JournalTail::take(const bus::EntryBatchPtr& batch) {
    if (batch->unordered) return take_(batch);
    if (goes_on_elsewhere(*batch)) begin(*batch);
    if (last_of(*batch) <= position_) return;
    const bool known_in_part = before(*batch) < position_;
    take_(known_in_part ? rest_of(*batch, position_) : batch);
    position_ = last_of(*batch);
}

bool JournalTail::goes_on_elsewhere(const bus::EntryBatch& batch) const {
    return batch.epoch != epoch_ || before(batch) > position_;
}

// Announces the epoch or the hole by a batch without entries, even if `first` has some.
void JournalTail::begin(const bus::EntryBatch& first) {
    auto told = std::make_shared<bus::EntryBatch>();
    told->epoch = first.epoch;
    told->last = before(first);
    take_(told);
    epoch_ = first.epoch;
    position_ = told->last;
}

void JournalTail::read_missing(bus::Offset missing_to) {
    if (reading_ || missing_to <= position_) return;
    const auto after = position_;
    const auto limit = std::min<bus::Offset>(block_entries, missing_to - after);
    boost::asio::post(workers_, [this, after, limit] {
        auto read = journal_.read(after, limit);
        boost::asio::post(loop_, [this, read = std::move(read)] { take_read(read); });
    });
    reading_ = true;
}

void JournalTail::take_read(const Result<bus::EntryBatchPtr>& read) {
    reading_ = false;
    try {
        if (!read || (*read)->entries.empty()) {
            log::warn("journal tail: the journal could not be read");
            return retry();
        }
        // take_waiting() begins the new epoch, because it knows what is left of the former one.
        if ((*read)->epoch != epoch_) return retry();
        take(*read);
        {
            const std::scoped_lock lock(mutex_);
            if (is_of_newest_epoch(**read) && position_ >= missing_to_) missing_to_ = 0;
        }
        wake();
    } catch (...) {
        log::error("journal tail: entries could not be shown yet: {}", fault_name());
        retry();
    }
}

// Leaves what was taken but not passed on, and what waits after it, to be read from the journal
// later. Entries of a former epoch cannot be read; the follower is told that a new one begins.
void JournalTail::start_over(const std::vector<bus::EntryBatchPtr>& taken) noexcept {
    const std::scoped_lock lock(mutex_);
    const auto leave = [this](const bus::EntryBatchPtr& batch) {
        if (!batch->unordered && is_of_newest_epoch(*batch) &&
            (batch->epoch != epoch_ || last_of(*batch) > position_))
            missing_to_ = std::max(missing_to_, last_of(*batch));
    };
    std::ranges::for_each(taken, leave);
    std::ranges::for_each(waiting_, leave);
    waiting_.clear();
    waiting_bytes_ = 0;
    retry();
}

void JournalTail::retry() noexcept {
    try {
        retry_timer_.expires_after(retry_interval);
        retry_timer_.async_wait([this](const boost::system::error_code& error) {
            if (!error) wake();
        });
    } catch (...) {
        log::error("journal tail: no timer could be had: {}", fault_name());
    }
}

}  // namespace rotacast::app
