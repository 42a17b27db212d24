// The policy keep_latest: drops what waits for a slow client and was superseded.

#include "hub/publication_batch.hpp"
#include "hub/send_queue.hpp"
#include "hub/subscriber.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <unordered_map>
#include <utility>

namespace rotacast::hub {
namespace {

/// Knows which publication of which entry is the newest of its subject.
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

/// Collects what is missing from the queue, and how to report it.
struct SendQueue::Missing {
    std::optional<Gap> range;
    bool lost = false;  ///< something was dropped that no later publication supersedes

    void add(const events::Position& from, const events::Position& to) {
        if (!range) range = Gap{from, to, Gap::Reason::superseded};
        range->from = std::min(range->from, from);
        range->to = std::max(range->to, to);
    }
    void add(const Gap& gap) {
        add(gap.from, gap.to);
        lost |= gap.reason == Gap::Reason::slow_consumer;
    }

    /// `kept_from`: the position before the first event that is still sent. Everything up to there
    /// is lost; after it, only what a later event supersedes.
    std::vector<Gap> gaps(const std::optional<events::Position>& kept_from) const {
        if (!range) return {};
        if (!lost) return {*range};
        const auto lost_to = kept_from ? std::min(*kept_from, range->to) : range->to;
        std::vector<Gap> told{{range->from, lost_to, Gap::Reason::slow_consumer}};
        if (lost_to < range->to) told.push_back({lost_to, range->to, Gap::Reason::superseded});
        return told;
    }
};

// Frees half of the bound, so that this work is done once for many frames and not for each.
void SendQueue::keep_latest() {
    std::vector<Entry> waiting(
        std::make_move_iterator(entries_.begin() + static_cast<std::ptrdiff_t>(first_unbegun())),
        std::make_move_iterator(entries_.end()));
    entries_.resize(first_unbegun());
    // Replies before all events stay there: they report the state before those events.
    const auto leading =
        std::ranges::find_if(waiting,
                             [](const Entry& entry) { return entry.gap || entry.frame.slice; }) -
        waiting.begin();
    Missing missing;
    take_back_gaps(waiting, missing);
    supersede(waiting, missing);
    lose_oldest(waiting, missing);

    // The gap goes after all events that start before it and before all others, so that a client
    // that disconnects there was told no cursor beyond what it received.
    auto at = waiting.begin() + leading;
    for (auto entry = at; missing.range && entry != waiting.end(); ++entry)
        if (entry->frame.slice && entry->frame.slice->before < missing.range->from) at = entry + 1;
    const auto kept = std::find_if(
        at, waiting.end(), [](const Entry& entry) { return entry.frame.slice != nullptr; });
    const auto kept_from =
        kept == waiting.end() ? std::nullopt : std::optional(kept->frame.slice->before);
    std::move(waiting.begin(), at, std::back_inserter(entries_));
    for (const auto& gap : missing.gaps(kept_from))
        if (auto entry = gap_entry(gap)) entries_.push_back(std::move(*entry));
    std::move(at, waiting.end(), std::back_inserter(entries_));
    bytes_ = 0;
    for (std::size_t i = head_; i < entries_.size(); ++i) bytes_ += entries_[i].frame.bytes.size();
    bytes_ -= head_sent_;
}

// Removes gaps that are not begun; they are encoded again with what is missing now.
void SendQueue::take_back_gaps(std::vector<Entry>& waiting, Missing& missing) {
    for (const auto& entry : waiting)
        if (entry.gap) missing.add(*entry.gap);
    std::erase_if(waiting, [](const Entry& entry) { return entry.gap != nullptr; });
}

// Keeps the newest publication of each subject.
void SendQueue::supersede(std::vector<Entry>& waiting, Missing& missing) {
    Newest newest;
    for (std::size_t i = 0; i < waiting.size(); ++i) {
        const auto* slice = waiting[i].frame.slice;
        const auto batch = slice ? slice->batch.lock() : nullptr;
        if (!batch) continue;
        for (const auto index : slice->indexes) newest.see(i, *batch, index);
    }
    for (std::size_t i = 0; i < waiting.size(); ++i) {
        const auto* slice = waiting[i].frame.slice;
        const auto batch = slice ? slice->batch.lock() : nullptr;
        if (!batch) continue;
        std::vector<std::uint32_t> kept;
        for (const auto index : slice->indexes) {
            if (newest.is(i, *batch, index))
                kept.push_back(index);
            else
                missing.add(slice->before, batch->publications()[index].position);
        }
        // What a connection has encoded itself cannot be encoded again here: it is kept or dropped
        // as a whole.
        const bool whole = slice->form == as_publications && !kept.empty();
        if (whole || kept.size() == slice->indexes.size()) continue;
        ++dropped_;
        waiting[i].frame = kept.empty() ? Frame{} : batch->frame(slice->form, kept);
    }
    std::erase_if(waiting, [](const Entry& entry) { return entry.frame.bytes.empty(); });
}

// Called because even the newest publications may be too many.
void SendQueue::lose_oldest(std::vector<Entry>& waiting, Missing& missing) {
    std::size_t bytes = 0;
    for (const auto& entry : waiting) bytes += entry.frame.bytes.size();
    for (auto& entry : waiting) {
        if (bytes <= bytes_max_ / 2) break;
        if (entry.kind != FrameKind::event || !entry.frame.slice) continue;
        missing.add(entry.frame.slice->before, entry.frame.slice->last);
        missing.lost = true;
        ++dropped_;
        bytes -= entry.frame.bytes.size();
        entry.frame = {};
    }
    std::erase_if(waiting, [](const Entry& entry) { return entry.frame.bytes.empty(); });
}

}  // namespace rotacast::hub
