#pragma once

// The port behind which every journal stands. The append gives an event its place; everything
// downstream follows the tail in that order, once.

#include "base/error.hpp"
#include "base/time.hpp"
#include "bus/enricher.hpp"
#include "events/cursor.hpp"
#include "events/event.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rotacast::bus {

using events::Cursor;
using events::Offset;
using events::Position;

/// One event at its place. Immutable once handed out.
struct Entry {
    Offset offset = 0;
    Timestamp stored_at;
    std::string publisher;  ///< `user:<uuid>`, `key:<name>` or `embedded`; never a secret
    events::Envelope envelope;
    /// What earlier events had said of the things that this one names; null when that is nothing.
    KnownPtr known = {};
};

/// Consecutive entries of one epoch. Shared between threads, never changed.
struct EntryBatch {
    std::string epoch;
    std::vector<Entry> entries;
    std::size_t bytes = 0;  ///< about what they take as JSON
    Offset last = 0;        ///< of a tail's batch without entries: the journal's newest entry
};
using EntryBatchPtr = std::shared_ptr<const EntryBatch>;

/// A publisher's claim to know the last event of the aggregate (type and id) of one envelope. The
/// claim holds when that is so at the moment of the append: the events before it in the same
/// request count. Of entries that retention took away nothing is known: a journal without an event
/// of the aggregate agrees with every cursor before its first entry. An event that is stored
/// already (`duplicate`) is not compared.
struct VersionClaim {
    std::size_t event = 0;             ///< index into the envelopes
    events::ExpectedVersion expected;  ///< of a cursor, the entry counts and not the part
};

/// What a publisher hands in: all of it is stored, or nothing.
struct AppendRequest {
    std::vector<events::Envelope> envelopes;
    std::string publisher;
    /// Scoped to the publisher. A second request with the same key and the same content is
    /// answered with the first one's receipts; with other content it is refused (409).
    std::optional<std::string> idempotency_key;
    /// Of the request's content, for the comparison above. Any text.
    std::string content_digest;
    /// Ascending by `event`, at most one for each. Who makes none pays nothing.
    std::vector<VersionClaim> version_claims = {};
};

struct Receipt {
    Uuid event_id;
    Offset offset = 0;
    bool duplicate = false;  ///< it was stored by an earlier request
    /// JSON pointers of members that nobody said and without which no screen is told of the event.
    std::vector<std::string> unseen = {};
};
using Receipts = std::vector<Receipt>;

struct JournalState {
    std::string epoch;  ///< the present one; it may change at any time (see Journal)
    Offset first = 1;   ///< oldest entry that can still be read
    Offset last = 0;    ///< newest durable entry
    bool writable = true;
    std::string reason;  ///< why not writable, for people
};

/// Thread: every method may be called from any thread. Order: entries are numbered in the order
/// in which requests were accepted (one with version claims may wait, and others pass it); `tail`
/// and `done` are called in that order on the journal's own thread, `tail` of a batch before the
/// `done` of its requests, both after the commit.
///
/// Offsets are dense: within an epoch every offset from `first` to `last` is an entry.
///
/// The epoch may change while the process lives, when entries that were handed out are lost: their
/// offsets are then given again. So nobody keeps a copy of the epoch: a cursor is made with the
/// epoch of the batch that its entry came in, and checked against state(). The tail is told by a
/// batch without entries, before the first one of the new epoch; its `last` is what is left.
class Journal {
  public:
    using Done = std::function<void(Result<Receipts>)>;
    using Tail = std::function<void(EntryBatchPtr)>;

    virtual ~Journal() = default;

    /// Never blocks. `done` is called exactly once, with `unavailable` when nothing could be
    /// stored (full disk, locked database, queue at its bound, closed) or the disk failed and it is
    /// not known whether it was stored (the same request again is stored once),
    /// `idempotency_conflict` when the key or an event id was used for something else,
    /// `version_conflict` when a claim does not hold (path `/<event>/expected_version`, with the
    /// version there is in the message).
    virtual void append(AppendRequest request, Done done) = 0;

    /// Must be set before the first append.
    virtual void follow(Tail tail) = 0;

    /// Up to `limit` entries behind `after`, fewer at the end. Blocks; not for a loop's thread
    /// unless the range is recent.
    virtual Result<EntryBatchPtr> read(Offset after, std::size_t limit) = 0;

    virtual JournalState state() const = 0;

    /// Up to which entry this journal was the same under the epoch named: of the present one, up to
    /// its newest. nullopt: nothing is known of such an epoch.
    virtual std::optional<Offset> shared_with(const std::string& epoch) const = 0;

    /// Stores what was accepted, refuses what comes later, ends the writer. Blocks. Idempotent.
    virtual void close() = 0;
};

}  // namespace rotacast::bus
