#include "projection/facts.hpp"

#include <utility>

namespace rotacast::projection {
namespace {

MaybeText said(std::string_view text) {
    return text.empty() ? MaybeText() : MaybeText(text);
}
MaybeText said(const std::string& text) {
    return said(std::string_view(text));
}
MaybeText said(const std::optional<std::string>& text) {
    return text ? said(std::string_view(*text)) : std::nullopt;
}

Texts texts_of(const std::vector<std::string>& list) {
    return {list.begin(), list.end()};
}

template <class E>
AssignmentFacts own_or(const E& e, const AssignmentFacts& before) {
    return {first_of(said(e.person_id), before.person),
            first_of(said(e.block_id), before.block),
            first_of(said(e.rotation_id), before.rotation),
            first_of(said(e.schedule_id), before.schedule)};
}

template <class E>
SwapFacts parties_or(const E& e, SwapFacts before) {
    before.requester = first_of(said(e.requester_id), before.requester);
    before.target = first_of(said(e.target_person_id), before.target);
    before.type = first_of(said(e.swap_type), before.type);
    return before;
}

template <class E>
SwapFacts own_or(const E& e, SwapFacts before) {
    auto facts = parties_or(e, std::move(before));
    if (!e.affected_assignments.empty()) facts.assignments = texts_of(e.affected_assignments);
    return facts;
}

template <class E>
SwapFacts changes_or(const E& e, SwapFacts before) {
    auto facts = parties_or(e, std::move(before));
    Texts named;
    for (const auto& change : e.assignment_changes)
        if (const auto id = text_of(change, "assignment_id")) named.push_back(*id);
    if (!named.empty()) facts.assignments = std::move(named);
    return facts;
}

/// A member of an update. Precedence: the event's own member, the new value, the old value, what
/// was known before. A new value of null clears the member.
MaybeText updated(const events::AssignmentUpdated& e,
                  const std::optional<std::string>& own,
                  std::initializer_list<std::string_view> keys,
                  MaybeText before) {
    if (const auto text = said(own)) return text;
    for (const auto key : keys)
        if (const auto text = text_of(e.changes, key)) return text;
    for (const auto key : keys)
        if (const auto* value = e.changes.if_contains(key); value && value->is_null())
            return std::nullopt;
    for (const auto key : keys)
        if (const auto text = text_of(e.previous_values, key)) return text;
    return before;
}

}  // namespace

MaybeText text_of(const events::json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    if (!value || !value->is_string()) return std::nullopt;
    return said(std::string_view(value->get_string()));
}

// If a change has both a new person and a person, the latter is the previous owner.
AssignmentChange change_of(const events::json::object& change) {
    const auto next = text_of(change, "new_person_id");
    const auto person = text_of(change, "person_id");
    return {text_of(change, "assignment_id"),
            first_of(next, person),
            first_of(text_of(change, "previous_person_id"),
                     text_of(change, "old_person_id"),
                     next ? person : std::nullopt),
            text_of(change, "block_id"),
            first_of(text_of(change, "rotation_template_id"), text_of(change, "rotation_id")),
            text_of(change, "schedule_id")};
}

// A new assignment inherits nothing from an earlier one with the same id.
AssignmentFacts after(const events::AssignmentCreated& e, const AssignmentFacts&) {
    return own_or(e, AssignmentFacts{});
}
AssignmentFacts after(const events::AssignmentUpdated& e, const AssignmentFacts& before) {
    return {updated(e, e.person_id, {"person_id"}, before.person),
            updated(e, e.block_id, {"block_id"}, before.block),
            updated(e, e.rotation_id, {"rotation_id", "rotation_template_id"}, before.rotation),
            updated(e, e.schedule_id, {"schedule_id"}, before.schedule)};
}
AssignmentFacts after(const events::AssignmentConfirmed& e, const AssignmentFacts& before) {
    return own_or(e, before);
}
AssignmentFacts after(const events::AssignmentDeleted& e, const AssignmentFacts& before) {
    auto facts = own_or(e, before);
    facts.deleted = true;
    return facts;
}
AssignmentFacts after(const AssignmentChange& change, const AssignmentFacts& before) {
    return {first_of(change.person, before.person),
            first_of(change.block, before.block),
            first_of(change.rotation, before.rotation),
            first_of(change.schedule, before.schedule)};
}

SwapFacts after(const events::SwapRequested& e, SwapFacts before, const AssignmentFacts& wanted) {
    before.requester = first_of(said(e.requester_id), before.requester);
    before.target = first_of(said(e.target_person_id), before.target, wanted.person);
    before.type = first_of(said(e.swap_type), before.type);
    before.assignments = {e.requester_assignment_id};
    if (e.target_assignment_id) before.assignments.emplace_back(*e.target_assignment_id);
    return before;
}
SwapFacts after(const events::SwapApproved& e, SwapFacts before) {
    return own_or(e, std::move(before));
}
SwapFacts after(const events::SwapRejected& e, SwapFacts before) {
    return own_or(e, std::move(before));
}
SwapFacts after(const events::SwapCancelled& e, SwapFacts before) {
    return own_or(e, std::move(before));
}
SwapFacts after(const events::SwapExecuted& e, SwapFacts before) {
    return changes_or(e, std::move(before));
}
SwapFacts after(const events::SwapRolledBack& e, SwapFacts before) {
    return changes_or(e, std::move(before));
}

AbsenceFacts after(const events::AbsenceCreated& e, AbsenceFacts) {
    return {said(e.person_id), said(e.severity), texts_of(e.overlapping_blocks)};
}
AbsenceFacts after(const events::AbsenceUpdated& e, AbsenceFacts before) {
    before.person = first_of(text_of(e.changes, "person_id"), before.person);
    before.severity = first_of(text_of(e.changes, "severity"), before.severity);
    const auto* blocks = e.changes.if_contains("overlapping_blocks");
    if (!blocks || !blocks->is_array()) return before;
    before.blocks.clear();
    for (const auto& block : blocks->get_array())
        if (block.is_string()) before.blocks.emplace_back(block.get_string());
    return before;
}
AbsenceFacts after(const events::AbsenceApproved& e, AbsenceFacts before) {
    before.person = first_of(said(e.person_id), before.person);
    before.severity = first_of(said(e.severity), before.severity);
    if (!e.overlapping_blocks.empty()) before.blocks = texts_of(e.overlapping_blocks);
    return before;
}
// The absence no longer exists.
AbsenceFacts after(const events::AbsenceRejected&, AbsenceFacts) {
    return {};
}
AbsenceFacts after(const events::AbsenceDeleted&, AbsenceFacts) {
    return {};
}

AssignmentFacts facts_of(const events::KnownAssignment& known) {
    return {said(known.person_id),
            said(known.block_id),
            said(known.rotation_id),
            said(known.schedule_id),
            known.deleted.value_or(false)};
}
SwapFacts facts_of(const events::KnownSwap& known) {
    SwapFacts facts{
        said(known.requester_id), said(known.target_person_id), said(known.swap_type), {}};
    if (known.affected_assignments) facts.assignments = texts_of(*known.affected_assignments);
    return facts;
}
AbsenceFacts facts_of(const events::KnownAbsence& known) {
    AbsenceFacts facts{said(known.person_id), said(known.severity), {}};
    if (known.overlapping_blocks) facts.blocks = texts_of(*known.overlapping_blocks);
    return facts;
}

AssignmentFacts known_assignment(const events::Known* known, std::size_t index) {
    if (!known || !known->assignments || index >= known->assignments->size()) return {};
    return facts_of((*known->assignments)[index]);
}
SwapFacts known_swap(const events::Known* known) {
    return known && known->swap ? facts_of(*known->swap) : SwapFacts{};
}
AbsenceFacts known_absence(const events::Known* known) {
    return known && known->absence ? facts_of(*known->absence) : AbsenceFacts{};
}

}  // namespace rotacast::projection
