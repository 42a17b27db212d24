// What happens on swaps.

#include "handlers/handlers.hpp"

namespace rotacast::handlers {
namespace {

/// The event's own word, else what the journal knows of the swap.
template <class E>
SwapParties parties_of(Handling& handling, const E& event) {
    SwapParties parties{event.requester_id.value_or(""), event.target_person_id.value_or("")};
    if (!parties.requester.empty() && !parties.target.empty()) return parties;
    const auto known = handling.casebook().parties(event.swap_id);
    if (parties.requester.empty()) parties.requester = known.requester;
    if (parties.target.empty()) parties.target = known.target;
    return parties;
}

}  // namespace

void handle(Handling& handling, const events::SwapRequested& event) {
    if (event.swap_type != "one_to_one") {
        handling.note("due", "swap_matching", event.swap_type);
        return;
    }
    auto target = event.target_person_id.value_or("");
    if (target.empty()) target = handling.casebook().parties(event.swap_id).target;
    handling.tell(Priority::normal,
                  {handling.persons("target_person", {target})},
                  event.requester_id,
                  "A colleague asks to swap a duty with you.");
}

void handle(Handling& handling, const events::SwapApproved& event) {
    const auto parties = parties_of(handling, event);
    handling.tell(Priority::high,
                  {handling.persons("swap_requester", {parties.requester}),
                   handling.persons("swap_target", {parties.target})},
                  event.approved_by,
                  "Your swap was approved.");
    handling.note("due", "swap_execution", "");
}

// Where nobody has named the two, those whose duties changed hands are they.
void handle(Handling& handling, const events::SwapExecuted& event) {
    const auto parties = parties_of(handling, event);
    std::vector<std::string> participants{parties.requester, parties.target};
    std::vector<std::string> keys{"swap:" + event.swap_id};
    for (const auto& change : event.assignment_changes) {
        for (const auto* key : {"person_id", "new_person_id", "previous_person_id"})
            if (const auto* person = change.if_contains(key); person && person->is_string())
                participants.emplace_back(person->as_string());
        if (const auto* id = change.if_contains("assignment_id"); id && id->is_string())
            keys.push_back("assignment:" + std::string(id->as_string()));
    }
    handling.tell(Priority::high,
                  {handling.persons("swap_participants", participants)},
                  event.executed_by,
                  "Your swap has taken effect.");
    handling.note("due", "calendar_sync", "");
    handling.invalidate(std::move(keys));
}

}  // namespace rotacast::handlers
