#include "hub/send_queue.hpp"

#include <algorithm>
#include <utility>

namespace rotacast::hub {
namespace {

// Sent entries that may stand in front of the live ones before they are moved away.
constexpr std::size_t sent_entries_max = 64;

}  // namespace

SendQueue::Outcome SendQueue::push(Frame frame, FrameKind kind) {
    const std::size_t size = frame.bytes.size();
    if (policy_ == SlowConsumerPolicy::drop_oldest && size <= bytes_max_) {
        while (!fits(size) && drop_oldest_event()) {
        }
    }
    if (!fits(size)) {
        if (policy_ == SlowConsumerPolicy::close || kind == FrameKind::reply) {
            return Outcome::overflow;
        }
        ++dropped_;
        return Outcome::dropped;
    }
    append(std::move(frame), kind);
    return Outcome::queued;
}

void SendQueue::push_begun(Frame frame, FrameKind kind, std::size_t sent) {
    append(std::move(frame), kind);
    consume(sent);
}

void SendQueue::push_last(Frame frame) {
    append(std::move(frame), FrameKind::reply);
}

std::size_t SendQueue::gather(std::span<std::string_view> out) const noexcept {
    const std::size_t count = std::min(out.size(), frames());
    for (std::size_t i = 0; i < count; ++i) out[i] = entries_[head_ + i].frame.bytes;
    if (count > 0) out[0].remove_prefix(head_sent_);
    return count;
}

void SendQueue::consume(std::size_t bytes) noexcept {
    bytes_ -= bytes;
    head_sent_ += bytes;
    while (!empty() && head_sent_ >= entries_[head_].frame.bytes.size()) {
        head_sent_ -= entries_[head_].frame.bytes.size();
        entries_[head_++].frame = {};
    }
    forget_sent();
}

void SendQueue::drop_unbegun() noexcept {
    const std::size_t kept = head_sent_ > 0 ? 1 : 0;
    entries_.resize(head_ + kept);
    bytes_ = kept == 0 ? 0 : entries_[head_].frame.bytes.size() - head_sent_;
    forget_sent();
}

void SendQueue::clear() noexcept {
    entries_ = {};
    head_ = head_sent_ = bytes_ = 0;
}

// The entries in front of the dropped one move up by one, so that this costs the few that must
// stay (a begun head, replies) and not the whole queue.
bool SendQueue::drop_oldest_event() noexcept {
    std::size_t at = head_ + (head_sent_ > 0 ? 1 : 0);
    while (at < entries_.size() && entries_[at].kind != FrameKind::event) ++at;
    if (at >= entries_.size()) return false;
    bytes_ -= entries_[at].frame.bytes.size();
    for (; at > head_; --at) entries_[at] = std::move(entries_[at - 1]);
    entries_[head_++].frame = {};
    ++dropped_;
    forget_sent();
    return true;
}

void SendQueue::append(Frame frame, FrameKind kind) {
    if (frame.bytes.empty()) return;
    bytes_ += frame.bytes.size();
    entries_.push_back({std::move(frame), kind});
}

void SendQueue::forget_sent() noexcept {
    if (empty()) {
        entries_ = {};
        head_ = 0;
    } else if (head_ > sent_entries_max && head_ > entries_.size() / 2) {
        entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(head_));
        head_ = 0;
    }
}

}  // namespace rotacast::hub
