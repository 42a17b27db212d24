#include "bus/inbox.hpp"

#include <utility>

namespace rotacast::bus {

bool Inbox::post(Message message) {
    const std::scoped_lock lock(mutex_);
    if (closed_) return false;
    taken_.messages.push_back(std::move(message));
    awake_ = true;
    wake_.notify_one();
    return true;
}

void Inbox::post(EntryBatchPtr entries) {
    const std::scoped_lock lock(mutex_);
    bytes_ += entries->bytes;
    taken_.entries.push_back(std::move(entries));
    if (taken_.entries.size() > batches_max || bytes_ > bytes_max_) drop_oldest();
    awake_ = true;
    wake_.notify_one();
}

/// Drops entries down to half of the bounds, so that the next post need not drop again. Keeps the
/// newest batch, which tells how far the journal has advanced.
void Inbox::drop_oldest() {
    auto& entries = taken_.entries;
    std::size_t dropped = 0;
    while (dropped + 1 < entries.size() &&
           (entries.size() - dropped > batches_max / 2 || bytes_ > bytes_max_ / 2))
        bytes_ -= entries[dropped++]->bytes;
    entries.erase(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(dropped));
}

void Inbox::wake() {
    const std::scoped_lock lock(mutex_);
    awake_ = true;
    wake_.notify_one();
}

Inbox::Taken Inbox::take() {
    const std::scoped_lock lock(mutex_);
    awake_ = false;
    bytes_ = 0;
    return std::exchange(taken_, {});
}

void Inbox::wait(std::optional<SteadyTime> until) {
    std::unique_lock lock(mutex_);
    const auto awake = [this] { return awake_; };
    if (until)
        wake_.wait_until(lock, *until, awake);
    else
        wake_.wait(lock, awake);
}

void Inbox::close() {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    awake_ = true;
    wake_.notify_one();
}

}  // namespace rotacast::bus
