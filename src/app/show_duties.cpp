#include "app/view.hpp"

// What screens see of assignments and swaps: assignment_changed to the person's and the
// schedule's watchers, swap_requested and swap_approved to the watchers of both persons.

namespace rotacast::app {
namespace {

struct AssignmentFacts {
    MaybeText assignment;
    MaybeText person;
    MaybeText previous_person;
    MaybeText block;
    MaybeText rotation;
    MaybeText schedule;
    MaybeText actor;
    MaybeText message;
};

// Whoever loses the duty is concerned as much as whoever gets it.
void show_assignment(View& view, const AssignmentFacts& facts, std::string_view change_type) {
    const auto person = view.need(facts.person, "person_id");
    const auto assignment = view.need(facts.assignment, "assignment_id");
    const auto block = view.need(facts.block, "block_id");
    if (!view.shows()) return;
    std::vector<Topic> topics{Topic::person(person)};
    if (const auto before = id_or_null(facts.previous_person); before && *before != person)
        topics.push_back(Topic::person(*before));
    if (const auto schedule = id_or_null(facts.schedule))
        topics.push_back(Topic::schedule(*schedule));
    view.show(client::AssignmentChanged{assignment,
                                        person,
                                        block,
                                        id_or_null(facts.rotation),
                                        std::string(change_type),
                                        view.actor(facts.actor),
                                        std::string(facts.message.value_or(""))},
              std::move(topics));
}

// One assignment_changed per duty that changed hands; a change that does not say whose is skipped.
void show_changes(View& view,
                  const std::vector<events::json::object>& changes,
                  const std::string& actor,
                  std::string_view message) {
    if (!view.shows()) return;
    for (const auto& change : changes) {
        AssignmentFacts facts;
        facts.assignment = text_of(change, "assignment_id");
        facts.person = first_of(text_of(change, "new_person_id"), text_of(change, "person_id"));
        facts.previous_person =
            first_of(text_of(change, "previous_person_id"), text_of(change, "old_person_id"));
        facts.block = text_of(change, "block_id");
        facts.rotation =
            first_of(text_of(change, "rotation_template_id"), text_of(change, "rotation_id"));
        facts.schedule = text_of(change, "schedule_id");
        facts.actor = actor;
        facts.message = message;
        View single{view.metadata};
        show_assignment(single, facts, "updated");
        if (single.missing.empty()) view.shown.push_back(std::move(single.shown.front()));
    }
}

/// What becomes of a swap beyond its approval: the client event is that of a request, with another
/// status, and only those are told who follow swaps by GraphQL. Whose swap it is must be known.
void show_ending(View& view,
                 const std::string& swap,
                 const std::optional<std::string>& requester_text,
                 const std::optional<std::string>& target_text,
                 const std::optional<std::string>& swap_type,
                 const std::vector<std::string>& duties,
                 const std::optional<std::string>& message,
                 std::string status) {
    if (!view.shows()) return;
    const auto requester = id_or_null(requester_text);
    const auto id = Uuid::parse(swap);
    if (!requester || !id) return;
    const auto target = id_or_null(target_text);
    std::vector<Topic> topics{Topic::party(*requester)};
    if (target) topics.push_back(Topic::party(*target));
    view.show(client::SwapRequested{*id,
                                    *requester,
                                    target,
                                    swap_type.value_or(""),
                                    ids_of(duties),
                                    message.value_or(""),
                                    std::move(status)},
              std::move(topics));
}

std::vector<std::string> duties_in(const std::vector<events::json::object>& changes) {
    std::vector<std::string> duties;
    for (const auto& change : changes)
        if (const auto duty = text_of(change, "assignment_id")) duties.emplace_back(*duty);
    return duties;
}

}  // namespace

void show(View& view, const events::AssignmentCreated& e) {
    show_assignment(view,
                    {e.assignment_id,
                     e.person_id,
                     {},
                     e.block_id,
                     e.rotation_id,
                     e.schedule_id,
                     e.created_by,
                     {}},
                    "created");
}

void show(View& view, const events::AssignmentUpdated& e) {
    const auto now_or_before = [&](MaybeText own, std::string_view key) {
        return first_of(own, first_of(text_of(e.changes, key), text_of(e.previous_values, key)));
    };
    show_assignment(view,
                    {e.assignment_id,
                     now_or_before(e.person_id, "person_id"),
                     text_of(e.previous_values, "person_id"),
                     now_or_before(e.block_id, "block_id"),
                     first_of(now_or_before(e.rotation_id, "rotation_id"),
                              text_of(e.changes, "rotation_template_id")),
                     now_or_before(e.schedule_id, "schedule_id"),
                     e.updated_by,
                     e.reason},
                    "updated");
}

void show(View& view, const events::AssignmentConfirmed& e) {
    show_assignment(view,
                    {e.assignment_id,
                     e.person_id,
                     {},
                     e.block_id,
                     e.rotation_id,
                     e.schedule_id,
                     e.confirmed_by,
                     e.notes},
                    "updated");
}

void show(View& view, const events::AssignmentDeleted& e) {
    show_assignment(view,
                    {e.assignment_id,
                     e.person_id,
                     {},
                     e.block_id,
                     e.rotation_id,
                     e.schedule_id,
                     e.deleted_by,
                     e.reason},
                    "deleted");
}

void show(View& view, const events::SwapRequested& e) {
    const auto requester = view.need(e.requester_id, "requester_id");
    const auto swap = view.need(e.swap_id, "swap_id");
    if (!view.shows()) return;
    const auto target = id_or_null(e.target_person_id);
    std::vector<std::string> duties{e.requester_assignment_id};
    if (e.target_assignment_id) duties.push_back(*e.target_assignment_id);
    view.show(
        client::SwapRequested{
            swap, requester, target, e.swap_type, ids_of(duties), e.reason.value_or(""), "pending"},
        both_persons(requester, target));
}

void show(View& view, const events::SwapApproved& e) {
    const auto requester = view.need(e.requester_id, "requester_id");
    const auto swap = view.need(e.swap_id, "swap_id");
    const auto approver = view.need(e.approved_by, "approved_by");
    if (!view.shows()) return;
    const auto target = id_or_null(e.target_person_id);
    view.show(client::SwapApproved{swap,
                                   requester,
                                   target,
                                   approver,
                                   ids_of(e.affected_assignments),
                                   e.approval_notes.value_or(""),
                                   e.swap_type,
                                   "approved"},
              both_persons(requester, target));
}

void show(View& view, const events::SwapRejected& e) {
    show_ending(view,
                e.swap_id,
                e.requester_id,
                e.target_person_id,
                e.swap_type,
                e.affected_assignments,
                e.reason,
                "rejected");
}

void show(View& view, const events::SwapCancelled& e) {
    show_ending(view,
                e.swap_id,
                e.requester_id,
                e.target_person_id,
                e.swap_type,
                e.affected_assignments,
                e.reason,
                "cancelled");
}

void show(View& view, const events::SwapExecuted& e) {
    const std::string message = "Swap executed";
    show_changes(view, e.assignment_changes, e.executed_by, message);
    show_ending(view,
                e.swap_id,
                e.requester_id,
                e.target_person_id,
                e.swap_type,
                duties_in(e.assignment_changes),
                message,
                "executed");
}

void show(View& view, const events::SwapRolledBack& e) {
    const std::string message = "Swap rolled back";
    show_changes(view, e.assignment_changes, e.rolled_back_by, message);
    show_ending(view,
                e.swap_id,
                e.requester_id,
                e.target_person_id,
                e.swap_type,
                duties_in(e.assignment_changes),
                message,
                "rolled_back");
}

}  // namespace rotacast::app
