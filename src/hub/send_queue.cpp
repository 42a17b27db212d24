#include "hub/send_queue.hpp"

#include "hub/publication_batch.hpp"

#include <algorithm>
#include <utility>

namespace rotacast::hub {
namespace {

// So many sent entries may precede the live ones before they are removed.
constexpr std::size_t sent_entries_max = 64;

std::optional<Gap> gap_of(const Frame& frame) {
    if (!frame.slice) return std::nullopt;
    return Gap{frame.slice->before, frame.slice->last, Gap::Reason::slow_consumer};
}

}  // namespace

SendQueue::Outcome SendQueue::push(Frame frame, FrameKind kind) {
    const std::size_t size = frame.bytes.size();
    if (policy_ != SlowConsumerPolicy::close && size <= bytes_max_) {
        if (!fits(size) && policy_ == SlowConsumerPolicy::keep_latest) {
            append(frame, kind);
            try {
                keep_latest();
            } catch (...) {
                drop_unbegun();
                throw;
            }
            return bytes_ > bytes_max_ ? Outcome::overflow : Outcome::queued;
        }
        while (!fits(size) && drop_oldest_event()) {
        }
    }
    if (fits(size)) {
        append(frame, kind);
        return Outcome::queued;
    }
    if (policy_ == SlowConsumerPolicy::close || kind == FrameKind::reply) return Outcome::overflow;
    drop(frame);
    return Outcome::dropped;
}

void SendQueue::push_begun(Frame frame, FrameKind kind, std::size_t sent) {
    append(frame, kind);
    consume(sent);
}

void SendQueue::push_last(Frame frame) {
    append(frame, FrameKind::reply);
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
        entries_[head_++] = {};
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
    entries_ = std::vector<Entry>();
    head_ = 0;
    head_sent_ = bytes_ = 0;
}

// Replaces the oldest event by a gap, or extends the gap before it.
bool SendQueue::drop_oldest_event() {
    std::size_t at = first_unbegun();
    while (at < entries_.size() && (entries_[at].kind != FrameKind::event)) ++at;
    if (at >= entries_.size()) return false;
    const auto gap = gap_of(entries_[at].frame);
    ++dropped_;
    const bool told = gap && at > first_unbegun() && widen(entries_[at - 1], *gap);
    auto entry = gap && !told ? gap_entry(*gap) : std::nullopt;
    if (!entry) {
        erase(at);
        return true;
    }
    bytes_ -= entries_[at].frame.bytes.size();
    bytes_ += entry->frame.bytes.size();
    entries_[at] = std::move(*entry);
    return true;
}

// Drops a new frame for which there is no room, and records the gap.
void SendQueue::drop(const Frame& frame) {
    ++dropped_;
    const auto gap = gap_of(frame);
    if (!gap) return;
    if (entries_.size() > first_unbegun() && widen(entries_.back(), *gap)) return;
    auto entry = gap_entry(*gap);
    if (!entry) return;
    bytes_ += entry->frame.bytes.size();
    entries_.push_back(std::move(*entry));
}

std::optional<SendQueue::Entry> SendQueue::gap_entry(const Gap& gap) const {
    if (!gap_encoder_) return std::nullopt;
    auto frame = gap_encoder_->encode(gap);
    if (frame.bytes.empty()) return std::nullopt;
    return Entry{std::move(frame), FrameKind::reply, std::make_unique<Gap>(gap)};
}

// Returns false if `entry` is not a gap.
bool SendQueue::widen(Entry& entry, const Gap& more) {
    if (!entry.gap) return false;
    Gap whole{std::min(entry.gap->from, more.from),
              std::max(entry.gap->to, more.to),
              Gap::Reason::slow_consumer};
    auto wider = gap_entry(whole);
    if (!wider) return false;
    bytes_ -= entry.frame.bytes.size();
    bytes_ += wider->frame.bytes.size();
    entry = std::move(*wider);
    return true;
}

// Moves the entries in front up by one. These are few (a partly sent head, replies), so this is
// cheaper than moving the whole queue.
void SendQueue::erase(std::size_t at) noexcept {
    bytes_ -= entries_[at].frame.bytes.size();
    for (; at > head_; --at) entries_[at] = std::move(entries_[at - 1]);
    entries_[head_++] = {};
    forget_sent();
}

void SendQueue::append(const Frame& frame, FrameKind kind) {
    if (frame.bytes.empty()) return;
    bytes_ += frame.bytes.size();
    entries_.push_back({frame.kept(), kind, nullptr});
}

void SendQueue::forget_sent() noexcept {
    if (empty()) {
        entries_ = std::vector<Entry>();
        head_ = 0;
    } else if (head_ > sent_entries_max && head_ > entries_.size() / 2) {
        entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(head_));
        head_ = 0;
    }
}

}  // namespace rotacast::hub
