#pragma once

// One node's part in the common order: a state machine over Redis, the node's replica and its
// outbox. Pure: no clock, socket, thread or disk.
//
// Redis orders, nodes keep. A request is sent to Redis, which gives its events their offsets; they
// come back by the stream, as to every node, and are stored in the replica; then the publisher is
// answered. While Redis cannot be reached, or the cluster settles, requests go to the outbox, and
// the publisher is answered without an offset. What is in the outbox is sent before anything newer,
// and leaves it when the replica has it. So everything that a publisher was answered for is on this
// node's disk: in the replica or in the outbox.
//
// On every connection the node first says hello (script_calls.hpp), which tells what of its replica
// is in the order, and restores what Redis lost.

#include "cluster/actions.hpp"
#include "cluster/joining.hpp"
#include "cluster/shared.hpp"
#include "cluster/submissions.hpp"
#include "cluster/tail.hpp"
#include "cluster/upkeep.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::cluster {

/// For status and readiness: `degraded` unless `online`.
struct OrderingStatus {
    Stage stage = Stage::offline;
    std::size_t outbox_rows = 0;       ///< with those being written
    std::size_t pending_requests = 0;  ///< submitted and not answered
    Offset stored = 0;                 ///< the replica's newest entry
    Offset stream_last = 0;            ///< the order's newest entry, when Redis last said it
    std::vector<NodeSign> nodes;       ///< when Redis last said it
};

/// Thread: one at a time. After every input, take_actions() and carry them out in their order.
/// Inputs never fail; what does not fit the state is ignored.
class Ordering {
  public:
    Ordering(OrderingOptions options, ReplicaState replica, std::size_t outbox_rows);
    Ordering(const Ordering&) = delete;
    Ordering& operator=(const Ordering&) = delete;

    /// Time that only goes on, from any beginning. At least every 50 ms.
    void tick(Milliseconds time);

    // Publishers.
    /// Answered by exactly one AnswerPublisher, possibly at once. Errors: those of
    /// bus::Journal::append. A request with claims is never put into the outbox, because nobody
    /// could check them in time: it is answered `unavailable` instead.
    void submit(Ticket ticket, OrderRequestPtr request);

    // Redis.
    /// Both connections stand. `identity`: see script_calls.hpp.
    void connected(std::string identity);
    void disconnected();
    void answered(ActionId id, ScriptAnswer answer);
    /// Redis answered that it did not run the script (OOM, READONLY, NOPERM, LOADING). The
    /// connection is replaced. If it is unknown whether a script ran, or its answer is none, that
    /// is disconnected().
    void call_failed(ActionId id, const Error& error);
    void stream_read(ActionId id, StreamRecords records);

    // The replica.
    void replica_stored(Offset last);
    /// `state`: what the replica is now, with the former epochs that it added.
    void replica_adopted(ReplicaState state, std::size_t rows_added);
    void replica_begun(ReplicaState state);
    void replica_read(ActionId id, StreamRecords records);
    void witnesses_read(ActionId id, std::vector<Witness> witnesses);
    /// Retention removed the entries before `first`.
    void replica_trimmed(Offset first);
    /// The replica could not be written and now can be. StoreRecords, Adopt and BeginAt that were
    /// not answered are not, and will not be done; `state` says what is there, with the number of
    /// rows that an unanswered Adopt added to the outbox.
    void replica_recovered(ReplicaState state, std::size_t rows_added);

    // The outbox.
    void outbox_stored(Ticket ticket);
    void outbox_failed(Ticket ticket, Error error);
    void outbox_read(ActionId id, std::vector<OutboxRow> rows);

    // The end: says good-bye to the others, so that nobody waits for this node.
    void leave();

    Actions take_actions();
    OrderingStatus status() const;
    /// The stage, and since it is not `online`, why; for people.
    std::string_view reason() const { return reason_; }

  private:
    void greet_if_quiet();
    void go_online_if_joined(Stage before);
    void leave_order(std::string_view reason);
    void hello_again(std::string_view reason);
    void replace_connection(std::string reason);

    Shared shared_;  // the parts refer to it
    Joining joining_;
    Submissions submissions_;
    Tail tail_;
    Upkeep upkeep_;
    std::string reason_ = "not connected yet";
};

}  // namespace rotacast::cluster
