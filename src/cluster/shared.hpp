#pragma once

// What the parts of one Ordering share: the options, what is known of the replica and of the order,
// and the actions that the present input causes.

#include "cluster/actions.hpp"
#include "cluster/options.hpp"

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

namespace rotacast::cluster {

/// What the replica holds.
struct ReplicaState {
    std::string epoch;
    FormerEpochs former = {};  ///< newest first
    Offset first = 1;          ///< the oldest entry; `last` + 1: there is none
    Offset last = 0;           ///< the newest durable entry
    /// The newest entry of `epoch` that was ever shown; more than `last` if the file was put back.
    Offset shown = 0;
};

/// Collects actions, gives calls and reads of Redis their ids, and knows which are overdue.
class ActionQueue {
  public:
    void add(Action action) { actions_.push_back(std::move(action)); }

    /// An id for a read of the replica or the outbox; such a read has no deadline.
    ActionId next_id() { return ++last_id_; }

    ActionId send(ScriptCall call, Milliseconds deadline);
    ActionId read_stream(Offset after, std::size_t entries_max, Milliseconds deadline);

    /// Whether the call or the read of the stream was outstanding; it no longer is.
    bool answered(ActionId id);
    /// No answer of this connection counts any more.
    void forget_outstanding() { outstanding_.clear(); }
    bool overdue(Milliseconds now) const;

    Actions take() { return std::exchange(actions_, {}); }

  private:
    struct Deadline {
        ActionId id;
        Milliseconds at;
    };

    Actions actions_;
    ActionId last_id_ = 0;
    std::deque<Deadline> outstanding_;  // bounded by calls_in_flight_max and a few
};

struct Shared {
    OrderingOptions options;
    ReplicaState replica;
    Milliseconds now{0};
    ActionQueue queue = {};

    // Of the connection.
    std::string identity = {};
    Offset began = 0;  ///< entries up to here may bear the names of former epochs
    // As Redis last said; kept when the connection is lost.
    Offset stream_last = 0;
    std::vector<NodeSign> nodes = {};
    Milliseconds heard{0};  ///< Redis' time then

    ActionId send(ScriptCall call) {
        return queue.send(std::move(call), now + options.call_timeout);
    }
};

}  // namespace rotacast::cluster
