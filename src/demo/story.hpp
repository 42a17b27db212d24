#pragma once

// The events of the demo as a scheduling back end would publish them: the schedule is created, then
// changes. Pure: no clock, no socket; the same seed gives the same events.

#include "demo/dice.hpp"
#include "demo/programme.hpp"
#include "events/event.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace rotacast::demo {

/// How many days ahead the demo changes things. There is one duty per day, so also a number of
/// duties.
inline constexpr std::size_t coming_days = 28;

/// Not thread-safe. The programme must outlive the story.
class Story {
  public:
    /// Changes affect the four weeks from `today`, an index of the programme's days.
    Story(const Programme& programme, std::uint64_t seed, std::size_t today);

    /// The first event; publish it alone.
    events::Envelope schedule_created() const;

    /// The second step: 365 AssignmentCreated that belong into one request.
    std::vector<events::Envelope> assignments_created() const;

    /// The next event; never ends. Events are in causal order: a swap is requested, then approved,
    /// rejected or withdrawn, then executed.
    events::Envelope next();

  private:
    enum class SwapStage { requested, approved };

    struct Swap {
        Uuid id;
        std::size_t mine = 0;    ///< duty of the person who asks
        std::size_t theirs = 0;  ///< duty of the person who is asked
        SwapStage stage = SwapStage::requested;
    };

    struct Absence {
        events::AbsenceCreated entered;
        std::size_t person = 0;
    };

    struct Violation {
        Uuid id;
        std::size_t person = 0;
        std::string kind;
    };

    events::Envelope assignment_changed();
    events::Envelope assignment_moved(std::size_t duty);
    events::Envelope rotation_changed(std::size_t duty);
    events::Envelope assignment_confirmed(std::size_t duty);
    events::Envelope swap_requested();
    events::Envelope swap_goes_on();
    events::Envelope swap_decided(Swap swap);
    events::Envelope swap_executed(const Swap& swap);
    events::Envelope absence_entered();
    events::Envelope absence_approved();
    events::Envelope violation_detected();
    events::Envelope violation_gone();
    events::Envelope level_changed();
    events::Envelope schedule_changed();

    events::Envelope by_coordinator(events::Event event) const;
    events::Envelope of_swap(events::Event event, const Swap& swap, const Person& actor) const;
    Uuid fresh_id() { return Uuid::derived(story_id_, ++ids_); }
    /// The people of such a duty must not change until the swap is decided.
    bool in_open_swap(std::size_t duty) const;
    /// A duty of the next four weeks.
    std::size_t coming_duty();
    /// Another one, of another person.
    std::size_t duty_of_another_person(std::size_t than);
    std::vector<std::string> blocks_of(std::size_t person,
                                       std::size_t from,
                                       std::size_t days) const;
    std::string when(std::size_t block) const;
    const Person& person_of(std::size_t duty) const;
    std::string id_of(std::size_t person) const;

    const Programme& programme_;
    Dice dice_;
    std::size_t today_;
    Uuid story_id_;
    std::uint64_t ids_ = 0;
    std::vector<Duty> duties_;  ///< the current duties, changes applied
    std::deque<Swap> swaps_;
    std::deque<Absence> absences_;
    std::deque<Violation> violations_;
    std::size_t level_ = 0;
};

}  // namespace rotacast::demo
