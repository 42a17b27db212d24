#pragma once

// Absences: leave, illness, conferences. Wire specification §3.4. `overlapping_blocks` is our
// addition: the blocks in which the absent person has a duty. If there are any, those who watch the
// person are shown a conflict.

#include "events/vocabulary.hpp"

namespace rotacast::events {

struct AbsenceCreated {
    static constexpr std::string_view type = "AbsenceCreated";
    static constexpr std::string_view aggregate = "Absence";
    std::string absence_id;
    std::string person_id;
    Timestamp start_date;
    Timestamp end_date;
    std::string absence_type;
    std::optional<std::string> reason;
    std::string created_by;
    std::vector<std::string> overlapping_blocks;
    std::optional<std::string> severity;
};
DESCRIBE(AbsenceCreated,
         "An absence was entered.",
         (absence_id, "The absence."),
         (person_id, "Who is away."),
         (start_date, "From."),
         (end_date, "Until."),
         (absence_type, "vacation, sick, conference, deployment and the like."),
         (reason, "Why."),
         (created_by, "Who entered it."),
         (overlapping_blocks, "Blocks in which the person has a duty.", defaulted),
         (severity, "How bad the overlap is: low, medium, high (default), critical."))

struct AbsenceUpdated {
    static constexpr std::string_view type = "AbsenceUpdated";
    static constexpr std::string_view aggregate = "Absence";
    std::string absence_id;
    std::string updated_by;
    json::object changes;
    std::optional<std::string> reason;
};
DESCRIBE(AbsenceUpdated,
         "An absence was changed.",
         (absence_id, "The absence."),
         (updated_by, "Who changed it."),
         (changes, "New values by field name."),
         (reason, "Why."))

struct AbsenceApproved {
    static constexpr std::string_view type = "AbsenceApproved";
    static constexpr std::string_view aggregate = "Absence";
    std::string absence_id;
    std::string approved_by;
    std::optional<std::string> approval_notes;
    bool coverage_assigned = false;
    std::optional<std::string> person_id;
    std::vector<std::string> overlapping_blocks;
    std::optional<std::string> severity;
};
DESCRIBE(AbsenceApproved,
         "An absence was approved.",
         (absence_id, "The absence."),
         (approved_by, "Who approved it."),
         (approval_notes, "What was said."),
         (coverage_assigned, "Whether somebody covers the duties.", defaulted),
         (person_id, "Who is away."),
         (overlapping_blocks, "Blocks in which the person has a duty.", defaulted),
         (severity, "How bad the overlap is: low, medium, high (default), critical."))

struct AbsenceRejected {
    static constexpr std::string_view type = "AbsenceRejected";
    static constexpr std::string_view aggregate = "Absence";
    std::string absence_id;
    std::string rejected_by;
    std::optional<std::string> reason;
};
DESCRIBE(AbsenceRejected,
         "An absence was refused.",
         (absence_id, "The absence."),
         (rejected_by, "Who refused it."),
         (reason, "Why."))

struct AbsenceDeleted {
    static constexpr std::string_view type = "AbsenceDeleted";
    static constexpr std::string_view aggregate = "Absence";
    std::string absence_id;
    std::string deleted_by;
    std::optional<std::string> reason;
};
DESCRIBE(AbsenceDeleted,
         "An absence was taken back.",
         (absence_id, "The absence."),
         (deleted_by, "Who deleted it."),
         (reason, "Why."))

using AbsenceEvents =
    mp_list<AbsenceCreated, AbsenceUpdated, AbsenceApproved, AbsenceRejected, AbsenceDeleted>;

}  // namespace rotacast::events
