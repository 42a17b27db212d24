#pragma once

// The nodes of the cluster, as this one knows them: the answer of `GET /api/v1/nodes`. A node that
// runs alone is a cluster of one.

#include "reflect/describe.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace rotacast::live {

struct NodeRow {
    std::string id;
    std::string name;
    std::string version;
    std::int64_t position = 0;
    std::int64_t behind = 0;
    std::int64_t silent_ms = 0;
    bool joined = true;
    bool answering = false;
    std::optional<std::int64_t> connections;
    std::optional<std::int64_t> dead_letters;
};
DESCRIBE(NodeRow,
         "One node.",
         (id, "Stays the same when the node restarts."),
         (name, "Of its machine."),
         (version, "Of the program."),
         (position, "Offset of the newest entry that it has stored."),
         (behind, "How many entries it has yet to store."),
         (silent_ms, "Milliseconds since its last sign of life."),
         (joined, "Whether it is a member; a new node waits until all others know of it."),
         (answering, "Whether it is the one that answers."),
         (connections,
          "Live connections to it. Null: it does not say, because it is gone or cut off."),
         (dead_letters,
          "Dead letters of its handlers and webhooks, which it lists itself. Null likewise."))

struct ClusterView {
    bool ordered = true;
    std::string reason;
    std::int64_t last = 0;
    std::int64_t waiting = 0;
    std::int64_t connections = 0;
    std::int64_t dead_letters = 0;
    std::vector<NodeRow> nodes;
};
DESCRIBE(ClusterView,
         "The nodes of the cluster, as the one that answers knows them.",
         (ordered, "Whether this node takes part in the common order at present."),
         (reason, "If not, why."),
         (last, "Offset of the newest entry of the common order."),
         (waiting, "Requests in this node's outbox, which have no place in the order yet."),
         (connections, "Live connections to all nodes that say how many they have."),
         (dead_letters, "Dead letters of all nodes that say how many they have."),
         (nodes, "All that gave a sign of life within a day, by name."))

/// Thread: any. Does not block.
using LookAtCluster = std::function<ClusterView()>;

}  // namespace rotacast::live
