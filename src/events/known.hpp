#pragma once

// What earlier events had said about the things that an event names. Events of the original often
// name an assignment, a swap or an absence and nothing else; screens and handlers need the people.
// Identifiers are free text, as in the events themselves.

#include "events/vocabulary.hpp"

namespace rotacast::events {

struct KnownAssignment {
    std::optional<std::string> person_id;
    std::optional<std::string> block_id;
    std::optional<std::string> rotation_id;
    std::optional<std::string> schedule_id;
    std::optional<bool> deleted;

    bool operator==(const KnownAssignment&) const = default;
};
DESCRIBE(KnownAssignment,
         "What is known of an assignment.",
         (person_id, "Who is assigned."),
         (block_id, "The half-day block."),
         (rotation_id, "The rotation template."),
         (schedule_id, "The schedule that it belongs to."),
         (deleted, "Whether it was taken away, and may be restored."))

struct KnownSwap {
    std::optional<std::string> requester_id;
    std::optional<std::string> target_person_id;
    std::optional<std::string> swap_type;
    std::optional<std::vector<std::string>> affected_assignments;

    bool operator==(const KnownSwap&) const = default;
};
DESCRIBE(KnownSwap,
         "What is known of a swap.",
         (requester_id, "The person who asked."),
         (target_person_id, "The person who was asked."),
         (swap_type, "`one_to_one` or `absorb`."),
         (affected_assignments, "The duties in question."))

struct KnownAbsence {
    std::optional<std::string> person_id;
    std::optional<std::vector<std::string>> overlapping_blocks;
    std::optional<std::string> severity;

    bool operator==(const KnownAbsence&) const = default;
};
DESCRIBE(KnownAbsence,
         "What is known of an absence.",
         (person_id, "Who is away."),
         (overlapping_blocks, "Blocks in which the person has a duty."),
         (severity, "How bad the overlap is."))

/// Stored beside an event, never in it: the event stays as it was published. What the event says
/// itself is left out.
struct Known {
    /// Of the assignment that the event is about; of a swap that took effect or was undone, of
    /// each of its `assignment_changes` in their order; of a swap's request, of the duty wanted.
    std::optional<std::vector<KnownAssignment>> assignments;
    std::optional<KnownSwap> swap;
    std::optional<KnownAbsence> absence;

    bool operator==(const Known&) const = default;
};
DESCRIBE(Known,
         "What earlier events had said about the things that an event names.",
         (assignments, "Of the assignments that it names, in its order."),
         (swap, "Of its swap."),
         (absence, "Of its absence."))

}  // namespace rotacast::events
