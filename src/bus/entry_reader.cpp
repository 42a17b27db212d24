#include "bus/entry_reader.hpp"

#include <algorithm>

namespace rotacast::bus {
namespace {

Offset first_of(const EntryBatchPtr& batch) {
    return batch->entries.front().offset;
}
Offset last_of(const EntryBatchPtr& batch) {
    return batch->entries.back().offset;
}

/// The batch must be consecutive and contain the entry after `after`.
Slice slice_of(const EntryBatchPtr& batch, Offset after) {
    return {batch, static_cast<std::size_t>(after + 1 - first_of(batch))};
}

}  // namespace

EntryReader::EntryReader(Journal& journal, std::size_t recent_max, std::size_t bytes_max)
    : journal_(journal), recent_max_(recent_max), bytes_max_(bytes_max) {
    const auto state = journal_.state();
    epoch_ = state.epoch;
    last_ = state.last;
}

void EntryReader::add(const EntryBatchPtr& batch) {
    if (batch->epoch != epoch_) begin_epoch(*batch);
    if (batch->entries.empty()) return;
    if (!recent_.empty() && last_of(recent_.back()) + 1 != first_of(batch)) {
        recent_.clear();
        recent_entries_ = recent_bytes_ = 0;
    }
    keep_recent(batch);
    last_ = std::max(last_, last_of(batch));
}

void EntryReader::keep_recent(const EntryBatchPtr& batch) {
    recent_.push_back(batch);
    recent_entries_ += batch->entries.size();
    recent_bytes_ += batch->bytes;
    while (recent_.size() > 1 && (recent_entries_ > recent_max_ || recent_bytes_ > bytes_max_)) {
        recent_entries_ -= recent_.front()->entries.size();
        recent_bytes_ -= recent_.front()->bytes;
        recent_.pop_front();
    }
}

/// Adapts the slice length so that the next slice, with entries of this size, keeps to its share of
/// the bytes.
void EntryReader::keep_slice(const EntryBatchPtr& slice) {
    slices_.push_front(slice);
    slices_bytes_ += slice->bytes;
    while (slices_.size() > 1 && (slices_.size() > slices_max || slices_bytes_ > bytes_max_)) {
        slices_bytes_ -= slices_.back()->bytes;
        slices_.pop_back();
    }
    const auto average = slice->bytes / slice->entries.size() + 1;
    slice_entries_ =
        std::clamp<std::size_t>(bytes_max_ / slices_max / average, 1, slice_entries_max);
}

/// Entries of the former epoch may have other offsets now, or be lost.
void EntryReader::begin_epoch(const EntryBatch& batch) {
    epoch_ = batch.epoch;
    last_ = batch.entries.empty() ? batch.last : batch.entries.front().offset - 1;
    recent_.clear();
    recent_entries_ = recent_bytes_ = 0;
    slices_.clear();
    slices_bytes_ = 0;
}

Result<Slice> EntryReader::after(Offset after) {
    if (after >= last_) return Slice{};
    if (auto found = find_recent(after)) return *found;
    if (auto found = find_slice(after)) return *found;
    auto batch = journal_.read(after, slice_entries_);
    if (!batch) return batch.error();
    if ((*batch)->entries.empty()) return Slice{};
    if ((*batch)->epoch != epoch_) return Slice{};  // the tail will announce the new epoch
    keep_slice(*batch);
    return Slice{std::move(*batch), 0};
}

std::optional<Slice> EntryReader::find_recent(Offset after) const {
    if (recent_.empty() || after + 1 < first_of(recent_.front()) ||
        after >= last_of(recent_.back()))
        return std::nullopt;
    const auto found = std::ranges::upper_bound(recent_, after, {}, last_of);
    return slice_of(*found, after);
}

std::optional<Slice> EntryReader::find_slice(Offset after) {
    const auto found = std::ranges::find_if(slices_, [after](const EntryBatchPtr& slice) {
        return first_of(slice) <= after + 1 && after < last_of(slice);
    });
    if (found == slices_.end()) return std::nullopt;
    std::rotate(slices_.begin(), found, found + 1);
    return slice_of(slices_.front(), after);
}

}  // namespace rotacast::bus
