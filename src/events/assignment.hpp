#pragma once

// Assignments: who works where in which half-day block. Wire specification §3.4. The person, block
// and schedule of a changed assignment are our additions. What a back end does not send is taken
// from earlier events; if nobody ever said the person and the block, no client is shown the event.

#include "events/vocabulary.hpp"

namespace rotacast::events {

struct AssignmentCreated {
    static constexpr std::string_view type = "AssignmentCreated";
    static constexpr std::string_view aggregate = "Assignment";
    std::string assignment_id;
    std::string person_id;
    std::string block_id;
    std::optional<std::string> rotation_id;
    std::string role;
    std::string created_by;
    std::optional<std::string> schedule_id;
};
DESCRIBE(AssignmentCreated,
         "A person was assigned to a block.",
         (assignment_id, "The assignment."),
         (person_id, "Who is assigned."),
         (block_id, "The half-day block."),
         (rotation_id, "The rotation template."),
         (role, "In which role: primary, backup, supervising."),
         (created_by, "Who assigned."),
         (schedule_id, "The schedule that it belongs to."))

struct AssignmentUpdated {
    static constexpr std::string_view type = "AssignmentUpdated";
    static constexpr std::string_view aggregate = "Assignment";
    std::string assignment_id;
    std::string updated_by;
    json::object changes;
    json::object previous_values;
    std::optional<std::string> reason;
    std::optional<std::string> person_id;
    std::optional<std::string> block_id;
    std::optional<std::string> rotation_id;
    std::optional<std::string> schedule_id;
};
DESCRIBE(AssignmentUpdated,
         "An assignment was changed.",
         (assignment_id, "The assignment."),
         (updated_by, "Who changed it."),
         (changes, "New values by field name."),
         (previous_values, "Old values by field name."),
         (reason, "Why."),
         (person_id, "Who is assigned now; else taken from changes or previous_values."),
         (block_id, "The half-day block; else taken from changes or previous_values."),
         (rotation_id, "The rotation template."),
         (schedule_id, "The schedule that it belongs to."))

struct AssignmentDeleted {
    static constexpr std::string_view type = "AssignmentDeleted";
    static constexpr std::string_view aggregate = "Assignment";
    std::string assignment_id;
    std::string deleted_by;
    std::optional<std::string> reason;
    bool soft_delete = true;
    std::optional<std::string> person_id;
    std::optional<std::string> block_id;
    std::optional<std::string> rotation_id;
    std::optional<std::string> schedule_id;
};
DESCRIBE(AssignmentDeleted,
         "An assignment was taken away.",
         (assignment_id, "The assignment."),
         (deleted_by, "Who deleted it."),
         (reason, "Why."),
         (soft_delete, "Whether it can be restored.", defaulted),
         (person_id, "Who was assigned."),
         (block_id, "The half-day block."),
         (rotation_id, "The rotation template."),
         (schedule_id, "The schedule that it belonged to."))

struct AssignmentConfirmed {
    static constexpr std::string_view type = "AssignmentConfirmed";
    static constexpr std::string_view aggregate = "Assignment";
    std::string assignment_id;
    std::string confirmed_by;
    std::optional<std::string> notes;
    std::optional<std::string> person_id;
    std::optional<std::string> block_id;
    std::optional<std::string> rotation_id;
    std::optional<std::string> schedule_id;
};
DESCRIBE(AssignmentConfirmed,
         "An assignment was confirmed.",
         (assignment_id, "The assignment."),
         (confirmed_by, "Who confirmed it."),
         (notes, "What was said."),
         (person_id, "Who is assigned."),
         (block_id, "The half-day block."),
         (rotation_id, "The rotation template."),
         (schedule_id, "The schedule that it belongs to."))

using AssignmentEvents =
    mp_list<AssignmentCreated, AssignmentUpdated, AssignmentDeleted, AssignmentConfirmed>;

}  // namespace rotacast::events
