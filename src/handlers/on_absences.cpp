// What happens on absences and duty-hour rules.

#include "handlers/handlers.hpp"

#include <algorithm>

namespace rotacast::handlers {

void handle(Handling& handling, const events::AbsenceCreated& event) {
    handling.note("due", "conflict_check", "");
    handling.tell(Priority::high,
                  {handling.coordinators()},
                  event.created_by,
                  event.overlapping_blocks.empty()
                      ? "An absence was entered."
                      : "An absence was entered that overlaps duties.");
}

// Affected are those who have duties in the same blocks: they may be asked to cover.
void handle(Handling& handling, const events::AbsenceApproved& event) {
    auto absent = event.person_id.value_or("");
    if (absent.empty()) absent = handling.casebook().absent_person(event.absence_id);
    std::vector<std::string> staff;
    if (!event.overlapping_blocks.empty())
        staff = handling.casebook().on_duty_in(event.overlapping_blocks);
    std::erase(staff, absent);
    if (!event.coverage_assigned) handling.note("due", "coverage", "");
    handling.tell(Priority::normal,
                  {handling.persons("absence_requester", {absent})},
                  event.approved_by,
                  "Your absence was approved.");
    if (!staff.empty())
        handling.tell(Priority::normal,
                      {handling.persons("affected_staff", staff)},
                      event.approved_by,
                      "A colleague is away while you have duties.");
}

void handle(Handling& handling, const events::ACGMEViolationDetected& event) {
    handling.tell(Priority::urgent,
                  {handling.program_director()},
                  "",
                  "A duty-hour rule is broken: " + event.violation_type + ".");
    handling.note("compliance", event.violation_type, event.severity);
}

// Whoever directs the programme is not told of an override of his own (Handling::tell).
void handle(Handling& handling, const events::ACGMEOverrideApplied& event) {
    handling.note("audit", "acgme_override_applied", "by " + event.applied_by);
    handling.note("accreditation", "acgme_override", event.approval_level);
    if (event.applied_by == "program_director") return;
    handling.tell(Priority::urgent,
                  {handling.program_director()},
                  event.applied_by,
                  "An assignment was allowed in spite of a duty-hour rule.");
}

}  // namespace rotacast::handlers
