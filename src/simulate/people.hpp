#pragma once

// Publishers, who repeat what was not answered, and readers, who follow by cursor and resume on
// other nodes.

#include "simulate/node_model.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace rotacast::simulate {

using Nodes = std::vector<std::unique_ptr<NodeModel>>;

/// Publishes requests one after the other, some of them on two nodes at once.
class PublisherModel {
  public:
    PublisherModel(World& world, Nodes& nodes, std::size_t index);

    /// Until `end`.
    void publish(Time end, std::int64_t pause_ms_max);
    bool is_idle() const { return !unanswered_; }

  private:
    struct Content {
        std::string key;  ///< empty: the events have identifiers of their own
        std::vector<std::string> digests;
        std::vector<Uuid> ids;
    };

    void begin_request();
    void attempt();
    void answered(std::uint64_t request, const Result<bus::Receipts>& answer);
    cluster::OrderRequestPtr encode() const;

    World& world_;
    Nodes& nodes_;
    std::string name_;
    Time end_{0};
    std::int64_t pause_ms_max_ = 0;
    std::uint64_t request_ = 0;
    bool unanswered_ = false;
    Content content_;
};

class ReaderModel {
  public:
    ReaderModel(World& world, Nodes& nodes, std::size_t index);

    /// Polls for ever.
    void follow();
    /// Whether it has seen all of that node's entries.
    bool has_seen(const ReplicaModel& order) const;
    /// What it has seen since it was last told of a gap must be the order.
    void check(const ReplicaModel& order);

  private:
    void poll();
    void read(const ReplicaModel& replica);
    void be_told(const std::string& epoch, Offset offset);

    World& world_;
    Nodes& nodes_;
    std::string name_;
    std::size_t node_;
    std::string epoch_;
    Offset offset_ = 0;
    std::unordered_set<Uuid> seen_;
    std::vector<std::pair<Offset, Uuid>> chain_;
};

}  // namespace rotacast::simulate
