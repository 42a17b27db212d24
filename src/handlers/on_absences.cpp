// Handlers of absences and duty-hour rules.

#include "handlers/handlers.hpp"

#include <algorithm>

namespace rotacast::handlers {

void handle(HandlerRun& run, const events::AbsenceCreated& event) {
    run.note("due", "conflict_check", "");
    run.tell(Priority::high,
             {run.coordinators()},
             event.created_by,
             event.overlapping_blocks.empty() ? "An absence was entered."
                                              : "An absence was entered that overlaps duties.");
}

// The affected staff are those with duties in the same blocks: they may be asked to cover.
void handle(HandlerRun& run, const events::AbsenceApproved& event) {
    const auto absence = after(event, projection::known_absence(run.known()));
    const std::string absent(absence.person.value_or(""));
    std::vector<std::string> staff;
    if (!absence.blocks.empty())
        staff = run.roster().on_duty_in({absence.blocks.begin(), absence.blocks.end()});
    std::erase(staff, absent);
    if (!event.coverage_assigned) run.note("due", "coverage", "");
    run.tell(Priority::normal,
             {run.persons("absence_requester", {absent})},
             event.approved_by,
             "Your absence was approved.");
    if (!staff.empty())
        run.tell(Priority::normal,
                 {run.persons("affected_staff", staff)},
                 event.approved_by,
                 "A colleague is away while you have duties.");
}

void handle(HandlerRun& run, const events::ACGMEViolationDetected& event) {
    run.tell(Priority::urgent,
             {run.program_director()},
             "",
             "A duty-hour rule is broken: " + event.violation_type + ".");
    run.note("compliance", event.violation_type, event.severity);
}

// A programme director is not notified of their own override (HandlerRun::tell).
void handle(HandlerRun& run, const events::ACGMEOverrideApplied& event) {
    run.note("audit", "acgme_override_applied", "by " + event.applied_by);
    run.note("accreditation", "acgme_override", event.approval_level);
    if (event.applied_by == "program_director") return;
    run.tell(Priority::urgent,
             {run.program_director()},
             event.applied_by,
             "An assignment was allowed in spite of a duty-hour rule.");
}

}  // namespace rotacast::handlers
