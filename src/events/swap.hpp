#pragma once

// Swaps of duties between two people. Wire specification §3.4. The two person ids of a swap are our
// additions: they determine which clients see it.

#include "events/vocabulary.hpp"

namespace rotacast::events {

struct SwapRequested {
    static constexpr std::string_view type = "SwapRequested";
    static constexpr std::string_view aggregate = "Swap";
    std::string swap_id;
    std::string requester_id;
    std::string requester_assignment_id;
    std::optional<std::string> target_assignment_id;
    std::string swap_type;
    std::optional<std::string> reason;
    std::optional<std::string> target_person_id;
};
DESCRIBE(SwapRequested,
         "Somebody asks to swap a duty.",
         (swap_id, "The swap."),
         (requester_id, "The person who asks."),
         (requester_assignment_id, "The duty to be given away."),
         (target_assignment_id, "The duty wanted in return."),
         (swap_type, "`one_to_one` or `absorb`."),
         (reason, "Why."),
         (target_person_id, "The person who is asked."))

struct SwapApproved {
    static constexpr std::string_view type = "SwapApproved";
    static constexpr std::string_view aggregate = "Swap";
    std::string swap_id;
    std::string approved_by;
    std::optional<std::string> approval_notes;
    std::optional<std::string> requester_id;
    std::optional<std::string> target_person_id;
    std::optional<std::string> swap_type;
    std::vector<std::string> affected_assignments;
};
DESCRIBE(SwapApproved,
         "A swap was approved.",
         (swap_id, "The swap."),
         (approved_by, "Who approved it."),
         (approval_notes, "What was said."),
         (requester_id, "The person who asked."),
         (target_person_id, "The person who was asked."),
         (swap_type, "`one_to_one` or `absorb`."),
         (affected_assignments, "The duties that change hands.", defaulted))

struct SwapRejected {
    static constexpr std::string_view type = "SwapRejected";
    static constexpr std::string_view aggregate = "Swap";
    std::string swap_id;
    std::string rejected_by;
    std::optional<std::string> reason;
    std::optional<std::string> requester_id;
    std::optional<std::string> target_person_id;
    std::optional<std::string> swap_type;
    std::vector<std::string> affected_assignments;
};
DESCRIBE(SwapRejected,
         "A swap was refused.",
         (swap_id, "The swap."),
         (rejected_by, "Who refused it."),
         (reason, "Why."),
         (requester_id, "The person who asked."),
         (target_person_id, "The person who was asked."),
         (swap_type, "`one_to_one` or `absorb`."),
         (affected_assignments, "The duties that stay.", defaulted))

struct SwapExecuted {
    static constexpr std::string_view type = "SwapExecuted";
    static constexpr std::string_view aggregate = "Swap";
    std::string swap_id;
    std::string executed_by;
    std::vector<json::object> assignment_changes;
    bool acgme_validated = true;
    std::optional<std::string> requester_id;
    std::optional<std::string> target_person_id;
    std::optional<std::string> swap_type;
};
DESCRIBE(SwapExecuted,
         "A swap took effect.",
         (swap_id, "The swap."),
         (executed_by, "Who carried it out."),
         (assignment_changes,
          "One object per duty: assignment_id, person_id (or new_person_id), block_id, and "
          "rotation_id, previous_person_id, schedule_id where known."),
         (acgme_validated, "Whether duty-hour limits were checked.", defaulted),
         (requester_id, "The person who asked."),
         (target_person_id, "The person who was asked."),
         (swap_type, "`one_to_one` or `absorb`."))

struct SwapCancelled {
    static constexpr std::string_view type = "SwapCancelled";
    static constexpr std::string_view aggregate = "Swap";
    std::string swap_id;
    std::string cancelled_by;
    std::optional<std::string> reason;
    std::optional<std::string> requester_id;
    std::optional<std::string> target_person_id;
    std::optional<std::string> swap_type;
    std::vector<std::string> affected_assignments;
};
DESCRIBE(SwapCancelled,
         "A swap was withdrawn.",
         (swap_id, "The swap."),
         (cancelled_by, "Who withdrew it."),
         (reason, "Why."),
         (requester_id, "The person who asked."),
         (target_person_id, "The person who was asked."),
         (swap_type, "`one_to_one` or `absorb`."),
         (affected_assignments, "The duties that stay.", defaulted))

struct SwapRolledBack {
    static constexpr std::string_view type = "SwapRolledBack";
    static constexpr std::string_view aggregate = "Swap";
    std::string swap_id;
    std::string rolled_back_by;
    std::vector<json::object> assignment_changes;
    std::optional<std::string> reason;
    std::optional<std::string> requester_id;
    std::optional<std::string> target_person_id;
    std::optional<std::string> swap_type;
};
DESCRIBE(SwapRolledBack,
         "An executed swap was undone.",
         (swap_id, "The swap."),
         (rolled_back_by, "Who undid it."),
         (assignment_changes, "One object per duty, as in SwapExecuted.", defaulted),
         (reason, "Why."),
         (requester_id, "The person who asked."),
         (target_person_id, "The person who was asked."),
         (swap_type, "`one_to_one` or `absorb`."))

using SwapEvents =
    mp_list<SwapRequested, SwapApproved, SwapRejected, SwapExecuted, SwapCancelled, SwapRolledBack>;

}  // namespace rotacast::events
