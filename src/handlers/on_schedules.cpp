// Handlers of schedules and assignments.

#include "handlers/handlers.hpp"

namespace rotacast::handlers {
namespace {

std::vector<std::string> named_in(const events::json::object& changes) {
    std::vector<std::string> persons;
    const auto add = [&](const events::json::value& value) {
        if (value.is_string()) persons.emplace_back(value.as_string());
    };
    for (const auto* key : {"person_id", "person_ids", "affected_persons", "affected_users"}) {
        const auto* value = changes.if_contains(key);
        if (!value) continue;
        add(*value);
        if (const auto* list = value->if_array())
            for (const auto& one : *list) add(one);
    }
    return persons;
}

}  // namespace

void handle(HandlerRun& run, const events::ScheduleCreated& event) {
    run.tell(
        Priority::normal, {run.coordinators()}, event.created_by, "A new schedule was generated.");
    run.invalidate({"schedule:" + event.schedule_id});
    run.note("audit", "schedule_created", "by " + event.created_by);
}

// A change that names persons affects these; any other affects everybody in the schedule.
void handle(HandlerRun& run, const events::ScheduleUpdated& event) {
    auto affected = named_in(event.changes);
    if (affected.empty()) affected = run.roster().assigned_to(event.schedule_id);
    run.invalidate(
        {"schedule:" + event.schedule_id, "schedule:" + event.schedule_id + ":assignments"});
    run.tell(Priority::normal,
             {run.persons("affected_users", affected)},
             event.updated_by,
             "A schedule in which you have duties was changed.");
}

void handle(HandlerRun& run, const events::SchedulePublished& event) {
    if (event.notification_sent) {
        run.note("told_already", "all_assigned", "by the publisher");
    } else {
        const auto assigned = run.roster().assigned_to(event.schedule_id);
        run.tell(Priority::high,
                 {run.persons("all_assigned", assigned)},
                 event.published_by,
                 "The schedule with your duties is in force now.");
    }
    run.note("due", "schedule_export", "");
    run.note("due", "calendar_sync", "");
}

void handle(HandlerRun& run, const events::AssignmentCreated& event) {
    run.invalidate(
        {"person:" + event.person_id + ":schedule", "person:" + event.person_id + ":assignments"});
    run.note("due", "conflict_check", "");
}

void handle(HandlerRun& run, const events::AssignmentUpdated& event) {
    run.invalidate({"assignment:" + event.assignment_id});
    run.note("audit", "assignment_updated", "by " + event.updated_by);
}

void handle(HandlerRun& run, const events::AssignmentDeleted& event) {
    run.note("due", "coverage_check", "");
    run.tell(Priority::high,
             {run.coordinators()},
             event.deleted_by,
             "A duty was taken away; somebody may have to cover it.");
}

}  // namespace rotacast::handlers
