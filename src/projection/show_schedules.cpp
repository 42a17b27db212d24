#include "projection/view.hpp"

// Client events for schedules: schedule_updated to the schedule's subscribers.

namespace rotacast::projection {
namespace {

constexpr std::size_t persons_max = 256;

// The persons that a change names. `/ws` notifies the schedule's subscribers; GraphQL can filter by
// these persons.
std::vector<Uuid> persons_in(const events::json::object& changes) {
    std::vector<Uuid> persons;
    const auto add = [&](const events::json::value& value) {
        if (persons.size() == persons_max || !value.is_string()) return;
        if (const auto id = Uuid::parse(std::string_view(value.get_string())))
            persons.push_back(*id);
    };
    if (const auto* one = changes.if_contains("person_id")) add(*one);
    for (const auto* key : {"person_ids", "affected_persons"})
        if (const auto* list = changes.if_contains(key); list && list->is_array())
            for (const auto& value : list->get_array()) add(value);
    return persons;
}

void show_schedule(View& view,
                   const std::string& schedule,
                   const std::string& actor,
                   std::string_view update_type,
                   MaybeText academic_year,
                   std::int64_t blocks,
                   MaybeText message,
                   const events::json::object& changes = {}) {
    const auto id = view.need(schedule, "schedule_id");
    if (!view.shows()) return;
    std::vector<Topic> topics{Topic::schedule(id)};
    for (const auto& person : persons_in(changes)) topics.push_back(Topic::party(person));
    view.show(client::ScheduleUpdated{id,
                                      id_or_null(academic_year),
                                      view.actor(actor),
                                      std::string(update_type),
                                      blocks,
                                      std::string(message.value_or(""))},
              std::move(topics));
}

}  // namespace

void show(View& view, const events::ScheduleCreated& e) {
    show_schedule(view,
                  e.schedule_id,
                  e.created_by,
                  "generated",
                  e.academic_year_id,
                  e.affected_blocks_count.value_or(0),
                  e.message);
}

void show(View& view, const events::ScheduleUpdated& e) {
    const auto said = first_of(e.update_type, text_of(e.changes, "update_type"));
    show_schedule(view,
                  e.schedule_id,
                  e.updated_by,
                  said == "regenerated" ? "regenerated" : "modified",
                  e.academic_year_id,
                  e.affected_blocks_count.value_or(0),
                  first_of(e.message, e.reason),
                  e.changes);
}

void show(View& view, const events::SchedulePublished& e) {
    show_schedule(view,
                  e.schedule_id,
                  e.published_by,
                  "modified",
                  {},
                  e.affected_blocks_count.value_or(0),
                  first_of(e.message, "Schedule published"));
}

void show(View& view, const events::ScheduleArchived& e) {
    show_schedule(view,
                  e.schedule_id,
                  e.archived_by,
                  "modified",
                  {},
                  0,
                  first_of(e.reason, "Schedule archived"));
}

void show(View& view, const events::ScheduleDeleted& e) {
    show_schedule(view,
                  e.schedule_id,
                  e.deleted_by,
                  "modified",
                  {},
                  0,
                  first_of(e.reason, "Schedule deleted"));
}

}  // namespace rotacast::projection
