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
    if (taken_.entries.size() >= batches_max)
        taken_.entries.erase(taken_.entries.begin(), taken_.entries.begin() + batches_max / 2);
    taken_.entries.push_back(std::move(entries));
    awake_ = true;
    wake_.notify_one();
}

void Inbox::wake() {
    const std::scoped_lock lock(mutex_);
    awake_ = true;
    wake_.notify_one();
}

Inbox::Taken Inbox::take() {
    const std::scoped_lock lock(mutex_);
    awake_ = false;
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
