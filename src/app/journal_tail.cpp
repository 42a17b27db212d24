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

/// The newest entry before it.
bus::Offset before(const bus::EntryBatch& batch) {
    return batch.entries.empty() ? batch.last : batch.entries.front().offset - 1;
}

/// What lies behind `position`.
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
      newest_epoch_(state.epoch) {}

// Once one was dropped all that follow are, until the loop has read so far: else it would take
// them before the missing ones.
void JournalTail::on_entries(bus::EntryBatchPtr batch) noexcept {
    {
        const std::scoped_lock lock(mutex_);
        if (batch->epoch != newest_epoch_) {
            // What the loop has missed of the former epoch cannot be read any more.
            newest_epoch_ = batch->epoch;
            missing_to_ = 0;
        } else if (batch->entries.empty()) {
            return;
        }
        const bool room = waiting_.empty() || waiting_bytes_ + batch->bytes <= waiting_bytes_max;
        if (missing_to_ == 0 && !room) {
            catch_ups_.fetch_add(1, std::memory_order_relaxed);
            log::warn(
                "journal tail: the loop that follows stands still or is too slow; it will "
                "have to read from the journal what comes now");
        }
        if (missing_to_ != 0 || !room) {
            missing_to_ = last_of(*batch);
        } else {
            try {
                waiting_.push_back(batch);
                waiting_bytes_ += batch->bytes;
            } catch (...) {
                missing_to_ = last_of(*batch);
            }
        }
    }
    try {
        wake();
    } catch (...) {
        log::error("journal tail: the loop could not be woken: {}", fault_name());
    }
}

void JournalTail::wake() {
    if (awake_.exchange(true, std::memory_order_acq_rel)) return;
    try {
        boost::asio::post(loop_, [this] { turn(); });
    } catch (...) {
        awake_ = false;
        throw;
    }
}

void JournalTail::turn() noexcept {
    awake_.store(false, std::memory_order_release);
    std::vector<bus::EntryBatchPtr> taken;
    bus::Offset missing_to = 0;
    {
        const std::scoped_lock lock(mutex_);
        taken.swap(waiting_);
        waiting_bytes_ = 0;
        missing_to = missing_to_;
    }
    try {
        for (const auto& batch : taken) take(batch);
        if (missing_to != 0) read_missing(missing_to);
    } catch (...) {
        log::error("journal tail: entries could not be shown yet: {}", fault_name());
        start_over(taken.empty() ? position_ : last_of(*taken.back()));
    }
}

void JournalTail::take(const bus::EntryBatchPtr& batch) {
    const bool begins_epoch = batch->epoch != epoch_;
    if (begins_epoch) {
        epoch_ = batch->epoch;
        position_ = before(*batch);
    }
    if (last_of(*batch) <= position_ && !begins_epoch) return;
    const bool known_in_part = before(*batch) < position_;
    take_(known_in_part ? rest_of(*batch, position_) : batch);
    position_ = last_of(*batch);
}

void JournalTail::read_missing(bus::Offset missing_to) {
    if (reading_) return;
    const auto after = std::min(position_, missing_to);
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
        // The batch that begins the new epoch comes before what is read of it.
        if ((*read)->epoch != epoch_) return retry();
        take(*read);
        {
            const std::scoped_lock lock(mutex_);
            if (position_ >= missing_to_) missing_to_ = 0;
        }
        wake();
    } catch (...) {
        log::error("journal tail: entries could not be shown yet: {}", fault_name());
        retry();
    }
}

/// What was taken up to `last` and not shown, and what waits behind it, is read from the journal,
/// later.
void JournalTail::start_over(bus::Offset last) noexcept {
    const std::scoped_lock lock(mutex_);
    if (last > position_) missing_to_ = std::max(missing_to_, last);
    if (missing_to_ != 0 && !waiting_.empty()) {
        missing_to_ = std::max(missing_to_, last_of(*waiting_.back()));
        waiting_.clear();
        waiting_bytes_ = 0;
    }
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
