// The policy keep_latest: of what waits for a slow client, what was overtaken goes.

#include "hub/publication_batch.hpp"
#include "hub/send_queue.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

namespace rotacast::hub {
namespace {

/// Which publication of which entry is the newest of its subject.
class Newest {
  public:
    void see(std::size_t entry, const PublicationBatch& batch, std::uint32_t index) {
        places_[subject_of(batch.publications()[index])] = {entry, index};
    }
    bool is(std::size_t entry, const PublicationBatch& batch, std::uint32_t index) const {
        const auto found = places_.find(subject_of(batch.publications()[index]));
        return found != places_.end() && found->second == std::pair(entry, index);
    }

  private:
    std::unordered_map<std::string, std::pair<std::size_t, std::uint32_t>> places_;
};

}  // namespace

// Half of the bound is set free, so that this work is done once for many frames and not for each.
void SendQueue::keep_latest() {
    std::vector<Entry> waiting(
        std::make_move_iterator(entries_.begin() + static_cast<std::ptrdiff_t>(first_unbegun())),
        std::make_move_iterator(entries_.end()));
    entries_.resize(first_unbegun());
    supersede(waiting);
    bytes_ = 0;
    for (auto& entry : waiting)
        if (!entry.frame.bytes.empty()) entries_.push_back(std::move(entry));
    for (std::size_t i = head_; i < entries_.size(); ++i) bytes_ += entries_[i].frame.bytes.size();
    bytes_ -= head_sent_;
    while (bytes_ > bytes_max_ / 2 && drop_oldest_event()) {
    }
}

/// Leaves the newest of each subject. The gap goes before the first entry that lost something:
/// whoever breaks off behind it has not been told a place beyond what it got.
void SendQueue::supersede(std::vector<Entry>& waiting) {
    Newest newest;
    for (std::size_t i = 0; i < waiting.size(); ++i) {
        const auto* slice = waiting[i].frame.slice;
        const auto batch = slice ? slice->batch.lock() : nullptr;
        if (!batch) continue;
        for (const auto index : slice->indexes) newest.see(i, *batch, index);
    }
    std::optional<Gap> gap;
    std::size_t gap_before = 0;
    for (std::size_t i = 0; i < waiting.size(); ++i) {
        const auto* slice = waiting[i].frame.slice;
        const auto batch = slice ? slice->batch.lock() : nullptr;
        if (!batch) continue;
        std::vector<std::uint32_t> kept;
        for (const auto index : slice->indexes) {
            if (newest.is(i, *batch, index)) {
                kept.push_back(index);
                continue;
            }
            if (!gap) {
                gap = Gap{batch->place_before(index), {}, Gap::Reason::superseded};
                gap_before = i;
            }
            gap->to = batch->publications()[index].place;
        }
        if (kept.size() == slice->indexes.size()) continue;
        ++dropped_;
        waiting[i].frame = kept.empty() ? Frame{} : batch->frame(slice->form, kept);
    }
    if (!gap) return;
    if (gap_before > 0 && widen(waiting[gap_before - 1], *gap)) return;
    if (auto entry = gap_entry(*gap))
        waiting.insert(waiting.begin() + static_cast<std::ptrdiff_t>(gap_before),
                       std::move(*entry));
}

}  // namespace rotacast::hub
