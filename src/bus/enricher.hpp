#pragma once

// Enriches the journal's entries: an event that refers to a thing only by its id is stored with
// what earlier events said about that thing. The journal calls it on its writer's thread, in
// journal order, so every reader of an entry, now or years later, gets the same data.

#include "events/cursor.hpp"
#include "events/event.hpp"
#include "events/known.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace rotacast::bus {

/// Null if nothing is known. Immutable.
using KnownPtr = std::shared_ptr<const events::Known>;

/// What is known about one thing, in the form that the journal stores. Retention may drop the
/// entries that said it, and a restart should not have to read all entries.
struct Fact {
    std::string kind;
    std::string id;
    events::Offset offset = 0;  ///< of the last entry that refers to the thing
    std::string json;
};

/// Facts that were not yet stored, the oldest first.
struct FactSlice {
    std::vector<Fact> facts;
    /// Storing these facts completes what entries up to this one said.
    events::Offset up_to = 0;
    /// By kind: facts from entries older than this offset were evicted at the bound.
    std::vector<std::pair<std::string, events::Offset>> forgotten_before;
};

/// Thread: one at a time. The journal calls from its writer's thread, and before that thread
/// starts, from the thread that opens it. No method blocks, fails, or throws because of an event's
/// content.
///
/// Facts belong to a transaction: known() sees them at once, roll_back() removes them, commit()
/// makes them permanent.
class Enricher {
  public:
    virtual ~Enricher() = default;

    /// What earlier events said about the things that this one refers to.
    virtual KnownPtr known(const events::Event& event) const = 0;

    /// Records the facts of an event that got this offset. `known` is stored with it.
    virtual void learn(events::Offset offset,
                       const events::Event& event,
                       const KnownPtr& known) = 0;

    /// JSON pointers of members that neither the event nor earlier ones contain and without which
    /// no client is sent the event. Reported to the publisher.
    virtual std::vector<std::string> unseen(const events::Event& event,
                                            const events::Known* known) const = 0;

    /// The number of facts since the last commit; roll_back(mark) removes those after it.
    virtual std::size_t mark() const = 0;
    virtual void roll_back(std::size_t mark) = 0;
    virtual void commit() = 0;

    /// Facts of entries up to `up_to`, about `facts_max` of each kind.
    virtual FactSlice facts_to_keep(events::Offset up_to, std::size_t facts_max) = 0;
    /// Call it when the last slice is durable.
    virtual void facts_are_kept() = 0;
    /// Forgets everything, because the journal has lost entries.
    virtual void reset() = 0;
    /// Restores a stored fact, after a start or reset(); ascending by offset, before learn().
    /// Ignores facts of unknown kind or format.
    virtual void restore(const Fact& fact) = 0;
};

}  // namespace rotacast::bus
