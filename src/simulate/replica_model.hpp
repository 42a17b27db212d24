#pragma once

// What of a node's replica and outbox is durable.

#include "cluster/order_request.hpp"
#include "cluster/shared.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

namespace rotacast::simulate {

using cluster::Offset;
using cluster::StreamRecord;
using cluster::StreamRecords;

class ReplicaModel {
  public:
    explicit ReplicaModel(std::string epoch) : epoch_(std::move(epoch)) {}

    /// False if the event is there already; it is stored nevertheless.
    bool store(StreamRecord record);
    void adopt(const cluster::Adopt& adopt);
    void begin_at(Offset first);

    cluster::ReplicaState state() const { return {epoch_, former_, first_, last(), last()}; }
    const std::string& epoch() const { return epoch_; }
    Offset first() const { return first_; }
    Offset last() const { return first_ + entries_.size() - 1; }
    const std::vector<StreamRecord>& entries() const { return entries_; }
    const StreamRecord* at(Offset offset) const;
    StreamRecords read(Offset after, std::size_t limit) const;
    StreamRecords beyond(Offset keep) const { return read(keep, entries_.size()); }
    /// As bus::Journal::shared_with.
    std::optional<Offset> shared_with(const std::string& epoch) const;

  private:
    std::string epoch_;
    cluster::FormerEpochs former_;
    Offset first_ = 1;
    std::vector<StreamRecord> entries_;
    std::unordered_set<Uuid> ids_;
};

struct OutboxModel {
    std::map<std::uint64_t, cluster::OrderRequestPtr> rows;
    std::uint64_t last = 0;

    void add(cluster::OrderRequestPtr request) { rows.emplace(++last, std::move(request)); }
    std::vector<cluster::OutboxRow> read(std::uint64_t after, std::size_t limit) const;
};

/// An entry that a rewound replica gives back, as a request.
cluster::OrderRequestPtr as_request(const StreamRecord& record);

}  // namespace rotacast::simulate
