// Handlers of swaps.

#include "handlers/handlers.hpp"

namespace rotacast::handlers {
namespace {

std::string text(projection::MaybeText text) {
    return std::string(text.value_or(""));
}

}  // namespace

void handle(HandlerRun& run, const events::SwapRequested& event) {
    if (event.swap_type != "one_to_one") {
        run.note("due", "swap_matching", event.swap_type);
        return;
    }
    const auto swap = after(
        event, projection::known_swap(run.known()), projection::known_assignment(run.known()));
    run.tell(Priority::normal,
             {run.persons("target_person", {text(swap.target)})},
             event.requester_id,
             "A colleague asks to swap a duty with you.");
}

void handle(HandlerRun& run, const events::SwapApproved& event) {
    const auto swap = after(event, projection::known_swap(run.known()));
    run.tell(Priority::high,
             {run.persons("swap_requester", {text(swap.requester)}),
              run.persons("swap_target", {text(swap.target)})},
             event.approved_by,
             "Your swap was approved.");
    run.note("due", "swap_execution", "");
}

// If the participants are unknown, those whose duties changed owners are notified.
void handle(HandlerRun& run, const events::SwapExecuted& event) {
    const auto swap = after(event, projection::known_swap(run.known()));
    std::vector<std::string> participants{text(swap.requester), text(swap.target)};
    std::vector<std::string> keys{"swap:" + event.swap_id};
    for (const auto& one : event.assignment_changes) {
        const auto change = projection::change_of(one);
        for (const auto& person : {change.person, change.previous_person})
            if (person) participants.emplace_back(*person);
        if (change.assignment) keys.push_back("assignment:" + std::string(*change.assignment));
    }
    run.tell(Priority::high,
             {run.persons("swap_participants", participants)},
             event.executed_by,
             "Your swap has taken effect.");
    run.note("due", "calendar_sync", "");
    run.invalidate(std::move(keys));
}

}  // namespace rotacast::handlers
