#pragma once

// The current state of assignments, swaps and absences, from the journal's events: who has which
// duty, who swaps with whom, who is absent. The journal updates it (bus::Enricher) and stores with
// each entry what earlier ones said; handlers ask it who has duties.
//
// Bounds: the number of things of each kind (RosterLimits); identifiers of up to 128 bytes; lists
// of 64 identifiers; the first 1,000 changes of a swap. Whatever is longer is ignored as if it were
// absent: clients use identifiers of 36 bytes.

#include "bus/enricher.hpp"
#include "projection/bounded_map.hpp"
#include "projection/facts.hpp"

#include <array>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <variant>
#include <vector>

namespace rotacast::projection {

struct RosterLimits {
    std::size_t assignments_max = 200'000;  ///< two years of a programme with 130 people
    std::size_t swaps_max = 20'000;
    std::size_t absences_max = 20'000;
};

/// Thread: the journal's, except where a method says otherwise.
class RosterProjection final : public bus::Enricher {
  public:
    explicit RosterProjection(RosterLimits limits = {});

    bus::KnownPtr known(const events::Event& event) const override;
    void learn(events::Offset offset,
               const events::Event& event,
               const bus::KnownPtr& known) override;
    std::vector<std::string> unseen(const events::Event& event,
                                    const events::Known* known) const override;

    std::size_t mark() const override { return learnt_.size(); }
    void roll_back(std::size_t mark) override;
    void commit() override;

    bus::FactSlice facts_to_keep(events::Offset up_to, std::size_t facts_max) override;
    void facts_are_kept() override;
    void reset() override;
    void restore(const bus::Fact& fact) override;

    /// Persons with a duty in the schedule, or in one of the blocks, as of the last commit; sorted,
    /// without duplicates. Thread-safe. Scans everything, in steps between which a commit may
    /// happen: takes milliseconds when full.
    std::vector<std::string> assigned_to(std::string_view schedule) const;
    std::vector<std::string> on_duty_in(const std::vector<std::string>& blocks) const;

  private:
    using Value = std::variant<events::KnownAssignment, events::KnownSwap, events::KnownAbsence>;

    /// The value of one thing after one event of the transaction.
    struct Learnt {
        std::string id;
        Value value;
        events::Offset offset = 0;
    };

    /// By identifier: index of the last element of learnt_ about that thing.
    using LastLearnt = std::unordered_map<std::string_view, std::size_t>;

    template <class T>
    const T* find(std::string_view id) const;
    template <class T>
    void put(std::string_view id, T value, events::Offset offset);
    template <class Chosen>
    std::vector<std::string> persons_where(Chosen chosen) const;

    mutable std::mutex mutex_;  // between commits and readers on other threads
    std::tuple<BoundedMap<events::KnownAssignment>,
               BoundedMap<events::KnownSwap>,
               BoundedMap<events::KnownAbsence>>
        things_;

    // The transaction in progress.
    std::deque<Learnt> learnt_;
    std::array<LastLearnt, std::variant_size_v<Value>> last_learnt_;  // by index in Value

    friend struct Recall;
    friend struct Learning;
};

}  // namespace rotacast::projection
