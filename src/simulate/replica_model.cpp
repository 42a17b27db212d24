#include "simulate/replica_model.hpp"

#include <algorithm>

namespace rotacast::simulate {

using cluster::FormerEpoch;

bool ReplicaModel::store(StreamRecord record) {
    const bool is_new = ids_.insert(record.event_id).second;
    entries_.push_back(std::move(record));
    return is_new;
}

void ReplicaModel::adopt(const cluster::Adopt& adopt) {
    auto former = adopt.former;
    const auto add = [&](const std::string& epoch, Offset shared) {
        if (epoch == adopt.epoch || former.size() >= cluster::former_epochs_max ||
            std::ranges::find(former, epoch, &FormerEpoch::epoch) != former.end())
            return;
        former.push_back({epoch, std::min(shared, adopt.keep)});
    };
    add(epoch_, adopt.keep);
    for (const auto& one : former_) add(one.epoch, one.shared);
    former_ = std::move(former);
    epoch_ = adopt.epoch;
    while (last() > adopt.keep && !entries_.empty()) {
        ids_.erase(entries_.back().event_id);
        entries_.pop_back();
    }
    if (entries_.empty() && first_ > adopt.keep + 1) first_ = adopt.keep + 1;
}

void ReplicaModel::begin_at(Offset first) {
    entries_.clear();
    ids_.clear();
    first_ = first;
}

const StreamRecord* ReplicaModel::at(Offset offset) const {
    return offset < first_ || offset > last() ? nullptr : &entries_[offset - first_];
}

StreamRecords ReplicaModel::read(Offset after, std::size_t limit) const {
    StreamRecords records;
    for (auto offset = std::max(after + 1, first_); offset <= last() && records.size() < limit;
         ++offset)
        records.push_back(*at(offset));
    return records;
}

std::optional<Offset> ReplicaModel::shared_with(const std::string& epoch) const {
    if (epoch == epoch_) return last();
    const auto found = std::ranges::find(former_, epoch, &FormerEpoch::epoch);
    return found == former_.end() ? std::nullopt : std::optional(found->shared);
}

std::vector<cluster::OutboxRow> OutboxModel::read(std::uint64_t after, std::size_t limit) const {
    std::vector<cluster::OutboxRow> found;
    for (auto row = rows.upper_bound(after); row != rows.end() && found.size() < limit; ++row)
        found.push_back({row->first, row->second});
    return found;
}

cluster::OrderRequestPtr as_request(const StreamRecord& record) {
    auto request = std::make_shared<cluster::OrderRequest>();
    request->publisher = record.publisher;
    request->events.push_back(
        {record.event_id, record.aggregate, record.envelope, record.provenance, record.digest});
    request->key = record.key;
    return request;
}

}  // namespace rotacast::simulate
