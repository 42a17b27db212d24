#include "demo/story.hpp"

#include "events/swap.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

// Swaps of duties between two people.

namespace rotacast::demo {
namespace {

using namespace std::string_view_literals;

constexpr std::array swap_reasons{"Family commitment"sv,
                                  "Board examination the next morning"sv,
                                  "Conference travel"sv,
                                  "Continuity clinic at the same time"sv};
constexpr std::array refusals{"It would leave fewer than ten hours of rest between duties"sv,
                              "The two rotations need different supervision"sv};

}  // namespace

events::Envelope Story::swap_requested() {
    Swap swap;
    swap.id = fresh_id();
    swap.mine = coming_duty();
    swap.theirs = duty_of_another_person(swap.mine);
    if (in_open_swap(swap.mine) || in_open_swap(swap.theirs))
        return assignment_confirmed(swap.mine);
    events::SwapRequested event;
    event.swap_id = to_string(swap.id);
    event.requester_id = id_of(duties_[swap.mine].person);
    event.requester_assignment_id = to_string(duties_[swap.mine].assignment_id);
    event.target_assignment_id = to_string(duties_[swap.theirs].assignment_id);
    event.swap_type = "one_to_one";
    event.reason = std::string(dice_.one_of(swap_reasons)) + ": would give " +
                   when(duties_[swap.mine].block) + " for " + when(duties_[swap.theirs].block);
    event.target_person_id = id_of(duties_[swap.theirs].person);
    swaps_.push_back(swap);
    return of_swap(std::move(event), swap, person_of(swap.mine));
}

events::Envelope Story::swap_goes_on() {
    const auto swap = swaps_.front();
    swaps_.pop_front();
    return swap.stage == SwapStage::approved ? swap_executed(swap) : swap_decided(swap);
}

events::Envelope Story::swap_decided(Swap swap) {
    const auto& coordinator = programme_.first_of(auth::Role::coordinator);
    const auto fill = [&](auto event) {
        event.swap_id = to_string(swap.id);
        event.requester_id = id_of(duties_[swap.mine].person);
        event.target_person_id = id_of(duties_[swap.theirs].person);
        event.swap_type = "one_to_one";
        event.affected_assignments = {to_string(duties_[swap.mine].assignment_id),
                                      to_string(duties_[swap.theirs].assignment_id)};
        return event;
    };
    if (dice_.chance(15)) {
        auto refused = fill(events::SwapRejected{});
        refused.rejected_by = to_string(coordinator.user_id);
        refused.reason = std::string(dice_.one_of(refusals));
        return of_swap(std::move(refused), swap, coordinator);
    }
    if (dice_.chance(10)) {
        auto withdrawn = fill(events::SwapCancelled{});
        withdrawn.cancelled_by = to_string(person_of(swap.mine).user_id);
        withdrawn.reason = "No longer needed";
        return of_swap(std::move(withdrawn), swap, person_of(swap.mine));
    }
    auto approved = fill(events::SwapApproved{});
    approved.approved_by = to_string(coordinator.user_id);
    approved.approval_notes = "Duty hours checked; both stay within the limits";
    swap.stage = SwapStage::approved;
    swaps_.push_front(swap);
    return of_swap(std::move(approved), swap, coordinator);
}

events::Envelope Story::swap_executed(const Swap& swap) {
    const auto& coordinator = programme_.first_of(auth::Role::coordinator);
    auto& mine = duties_[swap.mine];
    auto& theirs = duties_[swap.theirs];
    events::SwapExecuted event;
    event.swap_id = to_string(swap.id);
    event.executed_by = to_string(coordinator.user_id);
    event.requester_id = id_of(mine.person);
    event.target_person_id = id_of(theirs.person);
    event.swap_type = "one_to_one";
    const std::array before{mine.person, theirs.person};
    std::swap(mine.person, theirs.person);
    for (std::size_t i = 0; i < 2; ++i) {
        const auto& duty = i == 0 ? mine : theirs;
        event.assignment_changes.push_back(
            {{"assignment_id", to_string(duty.assignment_id)},
             {"person_id", id_of(duty.person)},
             {"previous_person_id", id_of(before[i])},
             {"block_id", to_string(programme_.blocks[duty.block].id)},
             {"rotation_id", to_string(programme_.rotations[duty.rotation].id)},
             {"schedule_id", to_string(programme_.schedule_id)}});
    }
    return of_swap(std::move(event), swap, coordinator);
}

bool Story::in_open_swap(std::size_t duty) const {
    return std::any_of(swaps_.begin(), swaps_.end(), [&](const Swap& swap) {
        return swap.mine == duty || swap.theirs == duty;
    });
}

events::Envelope Story::of_swap(events::Event event, const Swap& swap, const Person& actor) const {
    auto envelope = events::wrap(std::move(event));
    envelope.metadata.user_id = to_string(actor.user_id);
    envelope.metadata.correlation_id = to_string(swap.id);
    return envelope;
}

}  // namespace rotacast::demo
