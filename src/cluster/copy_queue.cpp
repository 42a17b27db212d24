#include "cluster/copy_queue.hpp"

#include <utility>

namespace rotacast::cluster {

void CopyQueue::add(store::SubscriberChanges changes) {
    if (whole_ != Whole::there) return;
    if (!waiting_) waiting_.emplace();
    if (!changes.record)
        waiting_ = CopyPart{CopyKind::removed};
    else
        waiting_->record = std::move(changes.record);
    for (auto& [event, row] : changes.rows) waiting_->rows.insert_or_assign(event, std::move(row));
    if (waiting_->rows.size() > rows_max_) need_whole();
}

void CopyQueue::need_whole() {
    whole_ = Whole::needed;
    parts_.clear();
    waiting_.reset();
}

void CopyQueue::interrupted() {
    if (!idle()) need_whole();
    writing_ = false;
}

bool CopyQueue::wants_whole() {
    if (whole_ != Whole::needed || writing_) return false;
    whole_ = Whole::reading;
    return true;
}

void CopyQueue::whole(const std::optional<store::SubscriberCopy>& copy) {
    if (whole_ != Whole::reading) return;
    whole_ = Whole::there;
    if (!copy) return parts_.push_back({CopyKind::removed});
    CopyPart all{CopyKind::only, copy->record};
    for (const auto& [event, row] : copy->rows) all.rows.emplace(event, row);
    split(std::move(all), true);
}

std::optional<CopyPart> CopyQueue::next() {
    if (writing_) return std::nullopt;
    if (parts_.empty() && waiting_) split(*std::exchange(waiting_, std::nullopt), false);
    if (parts_.empty()) return std::nullopt;
    auto part = std::move(parts_.front());
    parts_.pop_front();
    writing_ = true;
    return part;
}

// The record comes with the last part: a position must not account for rows that are not there.
void CopyQueue::split(CopyPart part, bool is_whole) {
    auto kind = is_whole ? CopyKind::first : part.kind;
    while (part.rows.size() > part_rows_) {
        CopyPart head{kind};
        while (head.rows.size() < part_rows_)
            head.rows.insert(part.rows.extract(part.rows.begin()));
        parts_.push_back(std::move(head));
        kind = is_whole ? CopyKind::more : CopyKind::change;
    }
    if (is_whole) kind = kind == CopyKind::first ? CopyKind::only : CopyKind::last;
    part.kind = kind;
    parts_.push_back(std::move(part));
}

}  // namespace rotacast::cluster
