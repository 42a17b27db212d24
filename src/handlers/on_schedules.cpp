// What happens on schedules and assignments.

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

void handle(Handling& handling, const events::ScheduleCreated& event) {
    handling.tell(Priority::normal,
                  {handling.coordinators()},
                  event.created_by,
                  "A new schedule was generated.");
    handling.invalidate({"schedule:" + event.schedule_id});
    handling.note("audit", "schedule_created", "by " + event.created_by);
}

// A change that names persons concerns those; any other concerns everybody in the schedule.
void handle(Handling& handling, const events::ScheduleUpdated& event) {
    auto affected = named_in(event.changes);
    if (affected.empty()) affected = handling.casebook().assigned_to(event.schedule_id);
    handling.invalidate(
        {"schedule:" + event.schedule_id, "schedule:" + event.schedule_id + ":assignments"});
    handling.tell(Priority::normal,
                  {handling.persons("affected_users", affected)},
                  event.updated_by,
                  "A schedule in which you have duties was changed.");
}

void handle(Handling& handling, const events::SchedulePublished& event) {
    if (event.notification_sent) {
        handling.note("told_already", "all_assigned", "by the publisher");
    } else {
        const auto assigned = handling.casebook().assigned_to(event.schedule_id);
        handling.tell(Priority::high,
                      {handling.persons("all_assigned", assigned)},
                      event.published_by,
                      "The schedule with your duties is in force now.");
    }
    handling.note("due", "schedule_export", "");
    handling.note("due", "calendar_sync", "");
}

void handle(Handling& handling, const events::AssignmentCreated& event) {
    handling.invalidate(
        {"person:" + event.person_id + ":schedule", "person:" + event.person_id + ":assignments"});
    handling.note("due", "conflict_check", "");
}

void handle(Handling& handling, const events::AssignmentUpdated& event) {
    handling.invalidate({"assignment:" + event.assignment_id});
    handling.note("audit", "assignment_updated", "by " + event.updated_by);
}

void handle(Handling& handling, const events::AssignmentDeleted& event) {
    handling.note("due", "coverage_check", "");
    handling.tell(Priority::high,
                  {handling.coordinators()},
                  event.deleted_by,
                  "A duty was taken away; somebody may have to cover it.");
}

}  // namespace rotacast::handlers
