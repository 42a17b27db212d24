#include "hub/loop_feed.hpp"

#include "base/fault.hpp"
#include "base/log.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace rotacast::hub {
namespace {

/// Cuts the range off after `end`: drops later publications and limits a retention hole to `end`.
JournalRange cut(JournalRange range, events::Offset end) {
    std::erase_if(range.publications, [end](const Publication& publication) {
        return publication.position.offset > end;
    });
    range.after = std::min(range.after, end);
    range.up_to = std::min(range.up_to, end);
    return range;
}

JournalRange nothing_up_to(events::Offset end, const std::string& epoch) {
    return {.after = end, .up_to = end, .bytes = 0, .publications = {}, .epoch = epoch};
}

}  // namespace

LoopFeed::LoopFeed(boost::asio::any_io_executor executor,
                   LoopHub& hub,
                   const PublishedLog& log,
                   const Encodings& encodings,
                   ReadJournal read)
    : executor_(std::move(executor)),
      hub_(hub),
      log_(log),
      encodings_(encodings),
      read_(std::move(read)),
      retry_timer_(executor_),
      position_(hub.recent().position()) {}

void LoopFeed::wake() {
    if (awake_.exchange(true)) return;
    try {
        boost::asio::post(executor_, [this] { guarded([this] { take_published(); }); });
    } catch (...) {
        awake_ = false;
        throw;
    }
}

/// If a cycle throws, the next one repeats it: position_ determines what is still to be delivered.
template <class Turn>
void LoopFeed::guarded(Turn&& turn) noexcept {
    try {
        turn();
    } catch (...) {
        log::error("hub: a loop could not take what was published: {}", fault_name());
        retry();
    }
}

// Delivers only what was published before the cycle began; later publications post a cycle of their
// own.
void LoopFeed::take_published() {
    awake_.store(false, std::memory_order_seq_cst);
    const auto goal = log_.end();
    const auto& recent = hub_.recent();
    const auto done = [&] {
        return recent.epoch() == goal.epoch && recent.position() >= goal.position;
    };
    show_early_ones();
    while (!reading_ && !done()) {
        const auto next = log_.next(recent.epoch(), recent.position());
        if (next.missing_to != 0) return read_up_to(next.missing_to);
        if (!next.batch) return;
        if (std::exchange(behind_, false)) log::info("hub: a loop has caught up with the journal");
        deliver(next.batch->batch(),
                hub_.publication_subscribers() > 0 ? &next.batch->texts() : nullptr);
        next.batch->delivered();
        show_early_ones();
    }
}

void LoopFeed::keep_early(PublicationBatchPtr batch) {
    const std::scoped_lock lock(early_mutex_);
    if (early_.size() < early_batches_max) early_.push_back(std::move(batch));
}

void LoopFeed::show_early_ones() {
    while (const auto batch = next_early()) {
        const auto before = hub_.deliveries();
        hub_.show_early(batch);
        count_latency(*batch, before);
    }
}

// A batch that the loop has passed is dropped: its events may have come with their places.
PublicationBatchPtr LoopFeed::next_early() {
    const auto& recent = hub_.recent();
    const std::scoped_lock lock(early_mutex_);
    while (!early_.empty()) {
        const bool same_epoch = early_.front()->epoch() == recent.epoch();
        if (same_epoch && early_.front()->after() > recent.position()) return nullptr;
        auto batch = std::move(early_.front());
        early_.pop_front();
        if (same_epoch && batch->after() == recent.position()) return batch;
    }
    return nullptr;
}

void LoopFeed::read_up_to(events::Offset missing_to) {
    const auto after = hub_.recent().position();
    if (!std::exchange(behind_, true)) catch_ups_.fetch_add(1, std::memory_order_relaxed);
    if (!read_) return take_read(missing_to, nothing_up_to(missing_to, hub_.recent().epoch()));
    const auto limit = std::min<events::Offset>(block_entries, missing_to - after);
    read_(after, limit, [this, missing_to](Result<JournalRange> range) {
        boost::asio::post(executor_, [this, missing_to, range = std::move(range)]() mutable {
            reading_ = false;
            guarded([&] { take_read(missing_to, std::move(range)); });
        });
    });
    reading_ = true;
}

void LoopFeed::take_read(events::Offset missing_to, Result<JournalRange> range) {
    const auto& recent = hub_.recent();
    const bool usable = range && range->epoch == recent.epoch() && range->up_to > recent.position();
    if (!usable) {
        log::warn("hub: a loop is behind, and the journal could not be read");
        return retry();
    }
    deliver(
        std::make_shared<const PublicationBatch>(cut(std::move(*range), missing_to), encodings_),
        nullptr);
    wake();
}

void LoopFeed::deliver(const PublicationBatchPtr& batch, SharedResultCache* shared) {
    const auto before = hub_.deliveries();
    hub_.deliver(batch, shared);
    count_latency(*batch, before);
    position_.store(hub_.recent().position(), std::memory_order_relaxed);
}

// One look at the clock for all recipients, so that none of them pays for it. The journal knows its
// time in milliseconds.
void LoopFeed::count_latency(const PublicationBatch& batch, std::uint64_t deliveries_before) {
    const auto count = hub_.deliveries() - deliveries_before;
    if (count == 0) return;
    const auto age = std::chrono::system_clock::now() - batch.stored_at();
    latency_.add(std::chrono::duration_cast<std::chrono::microseconds>(age), count);
}

void LoopFeed::retry() noexcept {
    try {
        retry_timer_.expires_after(retry_interval);
        retry_timer_.async_wait([this](const boost::system::error_code& error) {
            if (!error) wake();
        });
    } catch (...) {
        log::error("hub: a loop has to wait for the next batch: {}", fault_name());
    }
}

}  // namespace rotacast::hub
