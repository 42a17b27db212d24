#pragma once

// The calls of the scripts that run in Redis, and their answers. A script is atomic: it sees and
// changes its keys as if nothing else ran. Each is described by what it must do;
// simulate/redis_model does the same in C++, is the reference in doubt, and is what the simulator's
// seeds were run with.
//
// clang-format off
//
// Keys, with prefix and hash tag {P}:
//
//   {P}:stream        the entries, ids `<offset>-0`, dense
//   {P}:head          hash: format 1, epoch, began, first, last, life; while the cluster settles
//                     also settling (identity), since, moved (times in ms), fork, reach, heard, lost
//   {P}:epochs        list of `<epoch> <shared>`: former epochs with the last entry that the present
//                     one shares with them, newest first, at most former_epochs_max
//   {P}:nodes         hash: node id -> position, time of its last sign, waits since (0: a member),
//                     heard, version, name
//   {P}:said          hash, while settling: who has said hello, as in {P}:nodes
//   {P}:awaited       set, while settling: ids of nodes that may have shown entries
//   {P}:event:<uuid>  `<offset> <epoch> <digest>`; expires after the replay window
//   {P}:key:<publisher>:<key>
//                     hash: digest, epoch, `<index>` -> `<offset> <uuid>`; expires likewise
//   {P}:versions      sorted set: aggregate -> offset of its last event
//
// *Identity* of a Redis process, made by the node for each connection: its run_id and its
// master_replid in one text. run_id alone would not tell of a primary that was demoted, lost its
// tail and was promoted again. head.life is the identity with which the cluster last settled. While
// head.life is the caller's identity and there is no `settling`, the cluster is *settled*.
//
// *Newer*: of two different epochs X and Y of which neither names the other as a former one, the
// one whose text is greater. An epoch that names the other is newer. Epochs that hello makes are
// `r`, the time in ms as 11 hexadecimal digits, and the caller's suffix; so later ones are greater,
// and all are greater than the epochs of nodes that ran alone, which are hexadecimal.
//
// *Valid offset* of an event's or key's memory: offset <= head.last, and, if offset >= head.first,
// the stream's entry there has this event's id; else (trimmed), the memory's epoch is the present
// one or a former one with shared >= offset. What is not valid is as if it were not there: it
// belongs to entries that were lost.
//
// clang-format on

#include "cluster/order_request.hpp"
#include "cluster/stream_record.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace rotacast::cluster {

using Milliseconds = std::chrono::milliseconds;

inline constexpr std::size_t former_epochs_max = 16;

struct FormerEpoch {
    std::string epoch;
    Offset shared = 0;  ///< the last entry that the present epoch shares with it

    bool operator==(const FormerEpoch&) const = default;
};
using FormerEpochs = std::vector<FormerEpoch>;  ///< newest first

struct Witness {
    Offset offset = 0;
    Uuid event_id;
};

struct NodeSign {
    std::string id = {};
    std::string name = {};
    std::string version = {};
    Offset position = 0;     ///< its replica's last entry
    Milliseconds silent{0};  ///< since its last sign
    bool waits = false;      ///< not a member until all members have heard of it
};

/// The script refuses because the cluster is not settled with the caller's identity, or has another
/// epoch than the caller's. Nothing was changed. The node says hello and may repeat the call.
struct HelloAgain {};

// ---------------------------------------------------------------------------------------- hello --

/// Says where the caller's replica is. The first call on every connection, and again until the
/// answer is `Joined`.
struct HelloCall {
    std::string node;  ///< id: stays the same when the node restarts
    std::string name = {};
    std::string version = {};
    std::string identity;
    std::string epoch;
    FormerEpochs former = {};
    Offset first = 1;  ///< of the replica; `last` + 1 if it is empty
    Offset last = 0;
    /// The newest entry of `epoch` that this node has ever shown: more than `last` if its file was
    /// put back. Never less than `last`.
    Offset shown = 0;
    /// Events of the replica, descending: the last 16 entries, then at distances that double; and
    /// the one that `Show` asked for.
    std::vector<Witness> witnesses = {};
    /// Ids of nodes that were alive when the caller last heard of them.
    std::vector<std::string> known = {};
    /// As in SignOfLifeCall. 0: `known` may lack nodes, because this process was not online yet, or
    /// has said hello since then.
    Milliseconds heard{0};
    std::string epoch_suffix;  ///< 6 random hexadecimal digits, for the name of a new epoch
    Milliseconds settle{1'000};
    Milliseconds lease{5'000};
};

/// The cluster is settled and the caller belongs to it. Its replica keeps what is up to `agreed`;
/// what it has after that is not in the order any more. It takes over `epoch` and `former`, and if
/// first > agreed + 1, its replica begins anew at `first`.
struct Joined {
    std::string epoch;
    FormerEpochs former = {};
    Offset began = 0;  ///< entries up to here may bear the names of former epochs
    Offset agreed = 0;
    Offset first = 1;
    Offset last = 0;
    std::vector<NodeSign> nodes = {};
    Milliseconds time{0};  ///< Redis' TIME
};

/// The caller's replica goes on where the stream ends: it must send what follows `last`, up to
/// `up_to` (RestoreCall), and say hello again. last == 0: the stream is empty and may begin at any
/// offset.
struct Restore {
    std::string epoch;
    Offset last = 0;
    Offset up_to = 0;
};

/// The cluster settles; say hello again after `pause`.
struct Wait {
    Milliseconds pause{50};
};

/// Say hello again at once, with a witness at `offset` too.
struct Show {
    Offset offset = 0;
};

using HelloAnswer = std::variant<Joined, Restore, Wait, Show>;

// clang-format off
//
// What hello does. `node` is the call, `head` the hash, `now` Redis' TIME in ms.
//
//  1. If head is missing, or its format is not 1, or the stream is not head.first to head.last (its
//     last-generated id is not head.last): delete stream, head, said, awaited, versions; head :=
//     {epoch "", began 0, first 1, last 0}. `epochs` and the memories may stay.
//
//  2. If head.life != identity and head.settling != identity, or if the cluster is settled with an
//     empty stream (last 0) and node.last > 0: start to settle.
//       awaited := the nodes in {P}:nodes whose last sign is younger than the newest of all minus
//       `lease` (relative: after an hour without Redis the same nodes are awaited as after a
//       second). If it was settling before, also those in awaited and said till now.
//       settling := identity; since := moved := now; fork := none; reach := 0; heard := no; lost :=
//       no, unless it was settling before and lost; said := {}; life := ""; if last is 0, epoch :=
//       "", because nobody was shown anything under it.
//
//  3. belongs := how far the node's replica belongs to the present epoch: the greatest, over all
//       epochs that both node and head know, of the lesser of both numbers. The node's number is
//       `last` for its own epoch, at most `last` and `shared` for a former one; head's is unlimited
//       for its own, `shared` for a former one. No common epoch, or node.last is 0: unknown.
//     agreed := 0 if node.last or head.last is 0. Otherwise, with bound := min(belongs, head.last):
//       W := witnesses with head.first <= offset <= head.last, ascending. bad := the first whose
//       event is not the stream's at that offset.
//       no bad: bound if known, else the greatest of W, else 0.
//       bad > bound (known): bound.
//       otherwise: the greatest of W before bad, else 0.
//
//  4. While settling:
//     a. said[node] := position agreed; add node.known to awaited.
//     b. If node.last > 0 and (head.epoch is "" or the node's epoch is newer than head.epoch), the
//        stream follows the node: if head.last > agreed, delete stream and versions, first := 1,
//        last := 0. Then epoch := node.epoch; epochs := node.former; began := node.last; fork :=
//        none; reach := 0; heard := no; lost := yes.
//     c. If node.epoch == head.epoch: reach := max(reach, node.shown); heard := yes if node.heard >
//        0 (who heard under another epoch does not know who showed entries under this one).
//        If belongs (computed again, and known) > head.last:
//          If head.last > 0, head.last >= node.first and no witness at head.last is among those of
//          the node: answer Show{head.last}. (What is above holds anyhow.)
//          If head.last > 0 and node.first > head.last + 1 (the node's replica has a hole where it
//          would go on), and everybody in awaited is in said or now - since >= settle, so that
//          nobody has what lies between: delete stream and versions, first := 1, last := 0.
//          If agreed == head.last, and there is no such hole or head.last is 0, and not (head.last
//          is 0 and belongs < reach and now - since < settle: another node has more): lost := yes,
//          answer Restore{epoch, last, belongs}.
//        If node.last > 0, node.epoch == head.epoch and agreed < min(node.last, head.last): fork :=
//        min(fork, agreed).
//     d. reach := max(reach, every `shared` in epochs): so far, entries are promised to readers.
//        complete := everybody in awaited is in said, and head.last >= reach.
//        certain := complete, no fork, and (heard or not lost): nothing that was ever shown is
//        missing.
//        If not complete, and not (now - since >= settle and (head.last >= reach or now - moved >=
//        settle)): answer Wait.
//        If not certain, or if head.epoch is "": new epoch (6).
//        nodes[...] := for everybody in said: that, a member, now. life := identity. Remove
//        settling, since, moved, fork, reach, heard, lost, said, awaited. Go on with 7.
//
//  5. When settled before this call:
//     a. If node.epoch == head.epoch:
//          If node.last > head.last: Show as in 4c.
//          If agreed < min(node.last, head.last): new epoch with fork = agreed.
//          Else if node.last > head.last and node.first > head.last + 1: new epoch without a fork.
//          Else if node.last > head.last: answer Restore{epoch, last, node.last}.
//          Else if node.shown > head.last: new epoch without a fork.
//     b. Membership: an epoch can stay only if everybody knows everybody who may have shown entries.
//        So unless nodes[node] is a member whose sign is younger than `lease`: nodes[node] :=
//        position agreed, now, waits since now (if it waits already: since then), node.heard. If
//        there is another member with a sign younger than `lease` whose `heard` is not after the
//        caller's `waits since`, answer Wait.
//
//  6. New epoch: shared := min(head.last, fork). Every `shared` in epochs := min(it, shared). Unless
//     head.epoch is "", push (head.epoch, shared) to epochs and cut it to former_epochs_max. epoch
//     := `r`, a time, node.epoch_suffix; the time is now, but at least one more than those in the
//     names of head.epoch and node.epoch. began := head.last.
//
//  7. Compute agreed again. If a bad witness is at or below bound (known), every `shared` in epochs
//     := min(it, agreed): two nodes have used one epoch differently. nodes[node] := a member,
//     position agreed, now, version, name, heard; nodes silent for a day leave `nodes`. Answer
//     Joined.
//
// clang-format on

// -------------------------------------------------------------------------------------- restore --

/// Puts entries back into the stream, with their offsets. All or none.
///
/// The script: settled or settling with `identity`, and head.epoch == epoch, and head.last ==
/// expected_last, or else HelloAgain. If head.last is 0: first := the first record's offset. Adds
/// the records with ids of their offsets and e := `epoch`; sets {P}:event, {P}:key's field and
/// digest, {P}:versions for each; last := the last record's offset; while settling, moved := now.
struct RestoreCall {
    std::string identity;
    std::string epoch;
    Offset expected_last = 0;
    StreamRecords records;  ///< consecutive, from expected_last + 1 unless that is 0; at least one
};
struct Restored {
    Offset last = 0;
};
using RestoreAnswer = std::variant<Restored, HelloAgain>;

// --------------------------------------------------------------------------------------- append --

struct AppendItem {
    OrderRequestPtr request;
    /// Its publisher was answered already (it is from the outbox). Then it is never refused for its
    /// key: if the key has other content, it is appended without one. Its claims are empty.
    bool answered = false;
};

/// Appends requests in their order, each wholly or not at all.
///
/// The script: settled with `identity` and head.epoch == epoch, or else HelloAgain for the whole
/// call. For each request:
///   - With a key of which at least one field is valid: if its digest is another, the request is
///     refused (`key_conflict`; unless `answered`, see there). If it is the same, an event i whose
///     field `index + i` is valid is a duplicate of that one, with the id of then.
///   - Another event whose id is remembered with a valid offset is a duplicate with that offset; if
///     the digest is another, it is refused (`event_conflict`). So is an id twice in one request
///     with different digests; with the same it is a duplicate.
///   - A claim of an event that is not a duplicate refuses (`version_conflict`) unless it holds:
///     last := the offset in versions, or of an earlier new event of this request. No last: holds
///     if the claim is nullopt or below head.first. With last: must be equal.
///   - New events get head.last + 1 and so on. XADD; event, key and versions are noted.
struct AppendCall {
    std::string identity;
    std::string epoch;
    std::vector<AppendItem> items;
};

struct AppendedEvent {
    Uuid event_id;
    Offset offset = 0;
    bool duplicate = false;
};
struct Appended {
    std::vector<AppendedEvent> events;  ///< one per event of the request
};
struct Refused {
    enum class Why { key_conflict, event_conflict, version_conflict };
    Why why = Why::key_conflict;
    std::size_t event = 0;  ///< index; 0 for key_conflict
    Offset actual = 0;      ///< version_conflict: the aggregate's last event; 0: none
};
using ItemAnswer = std::variant<Appended, Refused>;
struct AppendAnswers {
    std::vector<ItemAnswer> items;  ///< one per item
};
using AppendAnswer = std::variant<AppendAnswers, HelloAgain>;

// -------------------------------------------------------------------------------- sign of life --

/// The script: settled with `identity` and head.epoch == epoch, or else HelloAgain. nodes[node] :=
/// a member, position, now, version, name; if `leaving`, removes the node: nobody waits for it.
struct SignOfLifeCall {
    std::string identity;
    std::string epoch;
    std::string node;
    std::string name = {};
    std::string version = {};
    Offset position = 0;
    /// `time` of the last SignSeen or Joined that the caller has received: it knows of all who were
    /// in `nodes` then.
    Milliseconds heard{0};
    bool leaving = false;
};
struct SignSeen {
    Offset first = 1;
    Offset last = 0;  ///< less than the caller's position: the stream was put back
    std::vector<NodeSign> nodes = {};
    Milliseconds time{0};  ///< Redis' TIME
};
using SignAnswer = std::variant<SignSeen, HelloAgain>;

// ----------------------------------------------------------------------------------------- trim --

/// The script: settled with `identity` and head.epoch == epoch, or else HelloAgain. before := the
/// least of `before`, head.last + 1, and position + 1 of every node whose last sign is younger than
/// `lease`. If before > head.first: XTRIM MINID `<before>-0`, exact, at most some thousand entries
/// at a time (then `before` is less); first := before; removes versions of aggregates whose last
/// event is below it.
struct TrimCall {
    std::string identity;
    std::string epoch;
    Offset before = 1;  ///< the oldest entry that retention keeps
    Milliseconds lease{5'000};
};
struct Trimmed {
    Offset first = 1;
};
using TrimAnswer = std::variant<Trimmed, HelloAgain>;

// ------------------------------------------------------------------------------------------------

using ScriptCall = std::variant<HelloCall, RestoreCall, AppendCall, SignOfLifeCall, TrimCall>;
using ScriptAnswer = std::variant<HelloAnswer, RestoreAnswer, AppendAnswer, SignAnswer, TrimAnswer>;

}  // namespace rotacast::cluster
