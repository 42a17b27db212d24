#pragma once

// The port to a journal. An append gives each event its offset; everything downstream follows the
// tail and sees each entry once, in that order.

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

/// One event with its offset. Immutable once published.
struct Entry {
    Offset offset = 0;
    Timestamp stored_at;
    std::string publisher;  ///< `user:<uuid>`, `key:<name>` or `embedded`; never a secret
    events::Envelope envelope;
    /// What earlier events said about the things that this one refers to; null if nothing.
    KnownPtr known = {};
};

/// Consecutive entries of one epoch. Shared between threads, immutable.
struct EntryBatch {
    std::string epoch;
    std::vector<Entry> entries;
    std::size_t bytes = 0;  ///< approximate size as JSON
    Offset last = 0;        ///< of a tail batch without entries: the journal's newest entry
    /// Only on the tail: the entries are stored, but have no place in the order yet and no offset.
    /// They come once more, as ordinary entries with the same event ids.
    bool unordered = false;
};
using EntryBatchPtr = std::shared_ptr<const EntryBatch>;

/// A publisher's expectation of the last event of one envelope's aggregate (type and id). It is
/// checked when the request is appended; earlier events of the same request count. Nothing is known
/// about entries that retention removed: if the journal has no event of the aggregate, every cursor
/// before its first entry matches. An event that is already stored (`duplicate`) is not checked.
struct VersionClaim {
    std::size_t event = 0;             ///< index into the envelopes
    events::ExpectedVersion expected;  ///< a cursor matches by its entry; its part is ignored
};

/// Events to append: all of them are stored, or none.
struct AppendRequest {
    std::vector<events::Envelope> envelopes;
    std::string publisher;
    /// Scoped to the publisher. A second request with the same key and the same content gets the
    /// first one's receipts; with other content it is refused (409).
    std::optional<std::string> idempotency_key;
    /// Digest of the request's content for that comparison. Any text.
    std::string content_digest;
    /// Ascending by `event`, at most one per event. Requests without claims cost nothing extra.
    std::vector<VersionClaim> version_claims = {};
    /// Stores nothing if no client would be sent one of the events (Receipt::unseen), except events
    /// that are already stored.
    bool refuse_unseen = false;
};

struct Receipt {
    Uuid event_id;
    Offset offset = 0;
    bool duplicate = false;  ///< already stored by an earlier request
    /// JSON pointers of members that no event contained and without which no client is sent this
    /// event.
    std::vector<std::string> unseen = {};
    std::string epoch = {};  ///< of the journal when the answer was made
    /// False: stored, but its place in the order is not known yet. It will be after `offset`.
    bool ordered = true;
};
using Receipts = std::vector<Receipt>;

struct JournalState {
    std::string epoch;  ///< the present one; may change at any time (see Journal)
    Offset first = 1;   ///< the oldest entry that can still be read
    Offset last = 0;    ///< the newest durable entry
    bool writable = true;
    std::string reason;  ///< why it is not writable or not ordered, for people
    /// False: what is stored now has no place in the order yet. For journals whose order comes from
    /// elsewhere.
    bool ordered = true;
    /// Others follow the same order and may have read more than `last` of this epoch: a cursor
    /// beyond it is of an entry that is still to come.
    bool shared = false;
};

/// Thread-safe. Entries are numbered in the order in which requests were accepted, except that a
/// request with version claims may wait while others pass it. `tail` and `done` are called in that
/// order on the journal's own thread, after the commit; `tail` with a batch before the `done` of
/// its requests.
///
/// Offsets are dense: within an epoch every offset from `first` to `last` is an entry.
///
/// The epoch may change while the process runs, when published entries are lost and their offsets
/// will be assigned again. So do not keep a copy of the epoch: make a cursor from the epoch of the
/// entry's batch, and check cursors against state(). The tail announces a new epoch by a batch
/// without entries, before the first entry of that epoch; its `last` is the last entry that
/// remains. A batch without entries of the present epoch says that the entries up to its `last`
/// are not to be had.
class Journal {
  public:
    using Done = std::function<void(Result<Receipts>)>;
    using Tail = std::function<void(EntryBatchPtr)>;

    virtual ~Journal() = default;

    /// Never blocks. `done` is called exactly once. Errors: `unavailable` if nothing could be
    /// stored (full disk, locked database, full queue, closed), or if the disk failed and it is
    /// unknown whether the events were stored (repeating the same request stores them once);
    /// `idempotency_conflict` if the key or an event id was used for other content (path
    /// `/<event>` if it is the id);
    /// `version_conflict` if a claim does not hold (path `/<event>/expected_version`; the message
    /// contains the actual version); `invalid_field` for what refuse_unseen refuses (path
    /// `/<event>` and the member; the error has the others of the request).
    virtual void append(AppendRequest request, Done done) = 0;

    /// Sets the tail. Must be called before the first append.
    virtual void follow(Tail tail) = 0;

    /// Up to `limit` entries after `after`, fewer at the end. Blocks; do not call it on an event
    /// loop unless the range is recent.
    virtual Result<EntryBatchPtr> read(Offset after, std::size_t limit) = 0;

    virtual JournalState state() const = 0;

    /// The last entry up to which this journal was identical under the named epoch; for the present
    /// epoch, the newest entry. nullopt: the epoch is unknown.
    virtual std::optional<Offset> shared_with(const std::string& epoch) const = 0;

    /// Stores accepted requests, refuses new ones, ends the writer. Blocks. Idempotent.
    virtual void close() = 0;
};

}  // namespace rotacast::bus
