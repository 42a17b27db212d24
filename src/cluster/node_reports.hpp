#pragma once

// A few figures of every node, by which any node answers for the cluster. Notes (docs/adr/0058).

#include "cluster/peers.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace rotacast::cluster {

struct NodeReport {
    std::int64_t connections = 0;
    std::int64_t dead_letters = 0;

    bool operator==(const NodeReport&) const = default;
};

/// `<connections> <dead letters>`.
std::string report_note(const NodeReport& report);
/// nullopt if it is no such text.
std::optional<NodeReport> read_report_note(std::string_view note);

/// Thread-safe.
class NodeReports {
  public:
    /// `node`: the identifier of this node in the order; empty if it is alone.
    explicit NodeReports(std::string node) : node_(std::move(node)) {}

    /// Before the peers are started, which tell it of others and tell others of this node. They
    /// must outlive the calls of report().
    void share(Peers& peers);
    /// Of this node, from now on.
    void report(const NodeReport& report);
    /// The latest report of a node that lives; nullopt if there is none.
    std::optional<NodeReport> of(const std::string& node) const;

    /// What another node says of itself. A node that was restarted has the same identifier and is
    /// another process: what the former said ends without ending what this one says.
    void others_reported(const std::string& process,
                         const std::string& node,
                         std::optional<NodeReport> report);

  private:
    struct Reported {
        std::string process;
        NodeReport report;
    };

    const std::string node_;
    Peers* peers_ = nullptr;
    mutable std::mutex mutex_;
    std::map<std::string, Reported> reports_;  // by node
};

}  // namespace rotacast::cluster
