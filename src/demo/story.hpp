#pragma once

// What happens in the demo, event by event: a programme's schedule is made and then lives, as a
// scheduling back end would tell it. Pure: no clock, no socket; the same seed tells the same story.

#include "demo/dice.hpp"
#include "demo/programme.hpp"
#include "events/event.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace rotacast::demo {

/// How far ahead of today the demo changes things. One duty a day, so this many duties too.
inline constexpr std::size_t coming_days = 28;

/// One thread at a time. The programme must outlive the story.
class Story {
  public:
    /// Changes happen in the four weeks from `today`, an index of the programme's days.
    Story(const Programme& programme, std::uint64_t seed, std::size_t today);

    /// The schedule is generated: ScheduleCreated, to be published alone and first.
    events::Envelope schedule_created() const;

    /// Then its duties, 365 AssignmentCreated that belong into one request.
    std::vector<events::Envelope> assignments_created() const;

    /// The next thing that happens; never ends. What follows from another event comes after it:
    /// a swap is requested, then approved, refused or withdrawn, then executed.
    events::Envelope next();

  private:
    enum class SwapStage { requested, approved };

    struct Swap {
        Uuid id;
        std::size_t mine = 0;    ///< duty of who asks
        std::size_t theirs = 0;  ///< duty of who is asked
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
    /// Its two people must stay who they are until it is decided.
    bool in_open_swap(std::size_t duty) const;
    /// A duty of the coming four weeks.
    std::size_t coming_duty();
    /// Another one, of somebody else.
    std::size_t duty_of_somebody_else(std::size_t than);
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
    std::vector<Duty> duties_;  ///< as they are now
    std::deque<Swap> swaps_;
    std::deque<Absence> absences_;
    std::deque<Violation> violations_;
    std::size_t level_ = 0;
};

}  // namespace rotacast::demo
