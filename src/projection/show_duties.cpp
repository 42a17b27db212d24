#include "projection/view.hpp"

#include <algorithm>
#include <iterator>

// Client events for assignments and swaps: assignment_changed to the person's and the schedule's
// subscribers, swap_requested and swap_approved to the subscribers of both persons.

namespace rotacast::projection {
namespace {

// The person who loses the duty is notified like the one who gets it. If nobody gets it, the client
// event names the former owner.
void show_assignment(View& view,
                     std::string_view assignment_text,
                     const AssignmentFacts& now,
                     const AssignmentFacts& before,
                     std::string_view change_type,
                     MaybeText actor,
                     MaybeText message) {
    const auto person = view.need(first_of(now.person, before.person), "person_id");
    const auto assignment = view.need(assignment_text, "assignment_id");
    const auto block = view.need(first_of(now.block, before.block), "block_id");
    if (!view.shows()) return;
    std::vector<Topic> topics{Topic::person(person)};
    if (const auto loser = id_or_null(before.person); loser && *loser != person)
        topics.push_back(Topic::person(*loser));
    if (const auto schedule = id_or_null(now.schedule))
        topics.push_back(Topic::schedule(*schedule));
    view.show(client::AssignmentChanged{assignment,
                                        person,
                                        block,
                                        id_or_null(now.rotation),
                                        std::string(change_type),
                                        view.actor(actor),
                                        std::string(message.value_or(""))},
              std::move(topics));
}

/// Shows one assignment_changed per duty that changed its owner; returns whether there is any. The
/// change itself names the new owner, `known` the previous one. Skips changes that name no owner.
bool show_changes(View& view,
                  const std::vector<events::json::object>& changes,
                  const std::string& actor,
                  std::string_view message) {
    bool any = false;
    for (std::size_t i = 0; i < changes.size(); ++i) {
        const auto change = change_of(changes[i]);
        if (!change.person) continue;
        auto before = known_assignment(view.known, i);
        const auto now = after(change, before);
        before.person = first_of(change.previous_person, before.person);
        View single{.metadata = view.metadata, .only_missing = view.only_missing};
        show_assignment(
            single, change.assignment.value_or(""), now, before, "updated", actor, message);
        any = any || single.missing.empty();
        std::ranges::move(single.shown, std::back_inserter(view.shown));
    }
    return any;
}

/// Shows how a swap ends: as the client event of a request with another status, sent only to
/// GraphQL subscribers of swaps. Requires the requester to be known.
void show_ending(View& view,
                 const std::string& swap,
                 const SwapFacts& facts,
                 const std::optional<std::string>& message,
                 std::string status) {
    const auto requester = view.need(facts.requester, "requester_id");
    const auto id = view.need(swap, "swap_id");
    if (!view.shows()) return;
    const auto target = id_or_null(facts.target);
    std::vector<Topic> topics{Topic::party(requester)};
    if (target) topics.push_back(Topic::party(*target));
    view.show(client::SwapRequested{id,
                                    requester,
                                    target,
                                    std::string(facts.type.value_or("")),
                                    ids_of(facts.assignments),
                                    message.value_or(""),
                                    std::move(status)},
              std::move(topics));
}

/// Shows a swap whose duties change owners: the owners are notified even if it is unknown whose
/// swap it was.
template <class E>
void show_exchange(View& view,
                   const E& e,
                   const std::string& actor,
                   const std::string& message,
                   std::string status) {
    const bool any = show_changes(view, e.assignment_changes, actor, message);
    View rest{.metadata = view.metadata, .only_missing = view.only_missing};
    show_ending(rest, e.swap_id, after(e, known_swap(view.known)), message, std::move(status));
    std::ranges::move(rest.shown, std::back_inserter(view.shown));
    if (!any) view.missing = std::move(rest.missing);
}

}  // namespace

void show(View& view, const events::AssignmentCreated& e) {
    show_assignment(view, e.assignment_id, after(e, {}), {}, "created", e.created_by, {});
}

void show(View& view, const events::AssignmentUpdated& e) {
    auto before = known_assignment(view.known);
    const auto now = after(e, before);
    before.person = first_of(text_of(e.previous_values, "person_id"), before.person);
    before.block = first_of(text_of(e.previous_values, "block_id"), before.block);
    show_assignment(view, e.assignment_id, now, before, "updated", e.updated_by, e.reason);
}

void show(View& view, const events::AssignmentConfirmed& e) {
    const auto now = after(e, known_assignment(view.known));
    show_assignment(view, e.assignment_id, now, {}, "updated", e.confirmed_by, e.notes);
}

void show(View& view, const events::AssignmentDeleted& e) {
    const auto now = after(e, known_assignment(view.known));
    show_assignment(view, e.assignment_id, now, {}, "deleted", e.deleted_by, e.reason);
}

void show(View& view, const events::SwapRequested& e) {
    const auto facts = after(e, known_swap(view.known), known_assignment(view.known));
    const auto requester = view.need(facts.requester, "requester_id");
    const auto swap = view.need(e.swap_id, "swap_id");
    if (!view.shows()) return;
    const auto target = id_or_null(facts.target);
    view.show(client::SwapRequested{swap,
                                    requester,
                                    target,
                                    e.swap_type,
                                    ids_of(facts.assignments),
                                    e.reason.value_or(""),
                                    "pending"},
              both_persons(requester, target));
}

void show(View& view, const events::SwapApproved& e) {
    const auto facts = after(e, known_swap(view.known));
    const auto requester = view.need(facts.requester, "requester_id");
    const auto swap = view.need(e.swap_id, "swap_id");
    const auto approver = view.need(e.approved_by, "approved_by");
    if (!view.shows()) return;
    const auto target = id_or_null(facts.target);
    std::optional<std::string> type;
    if (facts.type) type = std::string(*facts.type);
    view.show(client::SwapApproved{swap,
                                   requester,
                                   target,
                                   approver,
                                   ids_of(facts.assignments),
                                   e.approval_notes.value_or(""),
                                   std::move(type),
                                   "approved"},
              both_persons(requester, target));
}

void show(View& view, const events::SwapRejected& e) {
    show_ending(view, e.swap_id, after(e, known_swap(view.known)), e.reason, "rejected");
}

void show(View& view, const events::SwapCancelled& e) {
    show_ending(view, e.swap_id, after(e, known_swap(view.known)), e.reason, "cancelled");
}

void show(View& view, const events::SwapExecuted& e) {
    show_exchange(view, e, e.executed_by, "Swap executed", "executed");
}

void show(View& view, const events::SwapRolledBack& e) {
    show_exchange(view, e, e.rolled_back_by, "Swap rolled back", "rolled_back");
}

}  // namespace rotacast::projection
