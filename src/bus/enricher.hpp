#pragma once

// The port by which a journal's entries are enriched: an event that only names a thing is stored
// with what earlier events had said about it. The journal asks on its writer's thread, in its own
// order, so that whoever reads an entry, now or years later, is told the same.

#include "events/cursor.hpp"
#include "events/event.hpp"
#include "events/known.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace rotacast::bus {

/// Null when there is nothing to say. Immutable.
using KnownPtr = std::shared_ptr<const events::Known>;

/// What is known of one thing, for the journal to keep: retention may drop the entries that said
/// it, and a restart should not have to read all of them.
struct Fact {
    std::string kind;
    std::string id;
    events::Offset offset = 0;  ///< of the last entry that named the thing
    std::string json;
};

/// Facts that were not kept yet, the oldest first.
struct FactSlice {
    std::vector<Fact> facts;
    /// Everything that entries up to this one said is kept once these are.
    events::Offset up_to = 0;
    /// By kind: facts of older entries were forgotten, because there were too many.
    std::vector<std::pair<std::string, events::Offset>> forgotten_before;
};

/// Thread: one at a time; a journal calls from its writer's thread, and before that thread begins
/// from the one that opens it. No method blocks, fails or throws for what an event contains.
///
/// What is learnt belongs to a transaction: known() sees it at once, roll_back() takes it away,
/// commit() makes it last.
class Enricher {
  public:
    virtual ~Enricher() = default;

    /// What earlier events had said about the things that this one names.
    virtual KnownPtr known(const events::Event& event) const = 0;

    /// The event got its place. `known` is what is stored with it.
    virtual void learn(events::Offset offset,
                       const events::Event& event,
                       const KnownPtr& known) = 0;

    /// JSON pointers of members that neither the event nor earlier ones say and without which no
    /// screen is told. For the publisher.
    virtual std::vector<std::string> unseen(const events::Event& event,
                                            const events::Known* known) const = 0;

    /// How much was learnt since the last commit; roll_back(mark) forgets what came after.
    virtual std::size_t mark() const = 0;
    virtual void roll_back(std::size_t mark) = 0;
    virtual void commit() = 0;

    /// Facts of entries up to `up_to`, about `facts_max` of each kind.
    virtual FactSlice facts_to_keep(events::Offset up_to, std::size_t facts_max) = 0;
    /// The last slice is durable.
    virtual void facts_are_kept() = 0;
    /// Forgets everything: the journal has lost entries.
    virtual void reset() = 0;
    /// A kept fact, after a start or reset; ascending by offset, before anything is learnt. Of
    /// unknown kind or form: ignored.
    virtual void restore(const Fact& fact) = 0;
};

}  // namespace rotacast::bus
