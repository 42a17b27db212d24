#pragma once

// What Ordering wants done. Whoever carries out the actions does them in their order, per store and
// per connection: what is written to the replica before a read of it is read, and likewise for the
// outbox. Each action names the input that answers it; actions without one need no answer.

#include "base/error.hpp"
#include "bus/journal.hpp"
#include "cluster/script_calls.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace rotacast::cluster {

/// Chosen by the caller of submit(), unique within the process.
using Ticket = std::uint64_t;
/// Of a call or a read. An answer to an id that is not outstanding is ignored, so late ones do no
/// harm.
using ActionId = std::uint64_t;

/// Run a script -> answered() or call_failed(). Calls are sent in their order on one connection.
struct SendCall {
    ActionId id = 0;
    ScriptCall call;
};

/// XREAD after `<after>-0`, blocking for OrderingOptions::read_block -> stream_read(), also with no
/// records. On a connection of its own. Replaces an earlier ReadStream that is still outstanding:
/// that one's answer is of no use.
struct ReadStream {
    ActionId id = 0;
    Offset after = 0;
    std::size_t entries_max = 0;
};

/// The connection is of no use: close it, which is answered by disconnected(), and connect anew, at
/// once the first time and then with jittered pauses that grow until the node is `online`: Redis
/// may accept connections and refuse scripts.
struct Reconnect {
    std::string reason;  ///< for people
};

/// Store consecutive entries, the first of which is the replica's next -> replica_stored().
struct StoreRecords {
    StreamRecords records;
};

/// The replica gets the epoch `epoch`, which shares its entries up to `keep` with the present one.
/// First, the entries after `keep` are written to the end of the outbox, as requests of one event
/// each; when they are durable there, they are removed here. `former` are the order's former
/// epochs; what they do not name, the replica adds: its own epoch with `keep`, and its own former
/// ones with at most `keep`. If the epoch is the present one, only `former` changes, and keep is
/// the newest entry. -> replica_adopted()
struct Adopt {
    std::string epoch;
    FormerEpochs former;
    Offset keep = 0;
};

/// What is before `first` is not to be had: the replica is emptied, and its next entry is `first`
/// -> replica_begun().
struct BeginAt {
    Offset first = 1;
};

/// Read entries of the replica -> replica_read().
struct ReadReplica {
    ActionId id = 0;
    Offset after = 0;
    std::size_t entries_max = 0;
    std::size_t bytes_max = 0;  ///< but at least one entry
};

/// Look up the events at these offsets -> witnesses_read(), without those that are not there.
struct ReadWitnesses {
    ActionId id = 0;
    std::vector<Offset> offsets;
};

/// Write a request to the end of the outbox -> outbox_stored() when it is durable.
struct WriteOutbox {
    Ticket ticket = 0;
    OrderRequestPtr request;
};

/// Rows after the one numbered `after`, ascending; those that were removed or are not durable yet
/// are not among them -> outbox_read().
struct ReadOutbox {
    ActionId id = 0;
    std::uint64_t after = 0;
    std::size_t rows_max = 0;
    std::size_t bytes_max = 0;  ///< but at least one row
};

/// If a crash undoes it, the row is sent again and recognised.
struct RemoveOutbox {
    std::vector<std::uint64_t> numbers;
};

/// Answer the publisher of a submit(). Receipts without an offset (0) say: stored, not ordered yet.
struct AnswerPublisher {
    Ticket ticket = 0;
    Result<bus::Receipts> answer;
};

/// Show the events of this request to local people, marked as unordered. Comes right before its
/// AnswerPublisher.
struct ShowUnordered {
    Ticket ticket = 0;
};

/// A request from the outbox was refused, though its publisher was answered: another event has its
/// id. To be logged.
struct RowRefused {
    OutboxRow row;
    Refused refusal;
};

using Action = std::variant<SendCall,
                            ReadStream,
                            Reconnect,
                            StoreRecords,
                            Adopt,
                            BeginAt,
                            ReadReplica,
                            ReadWitnesses,
                            WriteOutbox,
                            ReadOutbox,
                            RemoveOutbox,
                            AnswerPublisher,
                            ShowUnordered,
                            RowRefused>;
using Actions = std::vector<Action>;

}  // namespace rotacast::cluster
