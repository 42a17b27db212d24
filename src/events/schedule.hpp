#pragma once

// Schedules: creation, changes, publication, archiving. Wire specification §3.4.

#include "events/vocabulary.hpp"

namespace rotacast::events {

struct ScheduleCreated {
    static constexpr std::string_view type = "ScheduleCreated";
    static constexpr std::string_view aggregate = "Schedule";
    std::string schedule_id;
    Timestamp start_date;
    Timestamp end_date;
    std::string created_by;
    std::optional<std::string> algorithm_version;
    std::optional<json::object> constraint_set;
    std::optional<std::string> academic_year_id;
    std::optional<std::int64_t> affected_blocks_count;
    std::optional<std::string> message;
};
DESCRIBE(ScheduleCreated,
         "A schedule was generated.",
         (schedule_id, "The schedule."),
         (start_date, "First day that it covers."),
         (end_date, "Last day that it covers."),
         (created_by, "Who had it generated."),
         (algorithm_version, "Version of the solver."),
         (constraint_set, "Constraints that the solver kept."),
         (academic_year_id, "The academic year that it belongs to."),
         (affected_blocks_count, "How many half-day blocks were filled."),
         (message, "A sentence for people."))

struct ScheduleUpdated {
    static constexpr std::string_view type = "ScheduleUpdated";
    static constexpr std::string_view aggregate = "Schedule";
    std::string schedule_id;
    std::string updated_by;
    json::object changes;
    std::optional<std::string> reason;
    std::optional<std::string> update_type;
    std::optional<std::string> academic_year_id;
    std::optional<std::int64_t> affected_blocks_count;
    std::optional<std::string> message;
};
DESCRIBE(ScheduleUpdated,
         "A schedule was changed.",
         (schedule_id, "The schedule."),
         (updated_by, "Who changed it."),
         (changes, "What was changed, free form."),
         (reason, "Why."),
         (update_type, "`modified` (default) or `regenerated`."),
         (academic_year_id, "The academic year that it belongs to."),
         (affected_blocks_count, "How many half-day blocks were touched."),
         (message, "A sentence for people."))

struct ScheduleDeleted {
    static constexpr std::string_view type = "ScheduleDeleted";
    static constexpr std::string_view aggregate = "Schedule";
    std::string schedule_id;
    std::string deleted_by;
    std::optional<std::string> reason;
};
DESCRIBE(ScheduleDeleted,
         "A schedule was deleted.",
         (schedule_id, "The schedule."),
         (deleted_by, "Who deleted it."),
         (reason, "Why."))

struct SchedulePublished {
    static constexpr std::string_view type = "SchedulePublished";
    static constexpr std::string_view aggregate = "Schedule";
    std::string schedule_id;
    std::string published_by;
    bool notification_sent = false;
    std::optional<std::int64_t> affected_blocks_count;
    std::optional<std::string> message;
};
DESCRIBE(SchedulePublished,
         "A schedule became the one in force.",
         (schedule_id, "The schedule."),
         (published_by, "Who published it."),
         (notification_sent, "Whether the people in it were told already.", defaulted),
         (affected_blocks_count, "How many half-day blocks it holds."),
         (message, "A sentence for people."))

struct ScheduleArchived {
    static constexpr std::string_view type = "ScheduleArchived";
    static constexpr std::string_view aggregate = "Schedule";
    std::string schedule_id;
    std::string archived_by;
    std::optional<std::string> reason;
};
DESCRIBE(ScheduleArchived,
         "A schedule was put away.",
         (schedule_id, "The schedule."),
         (archived_by, "Who archived it."),
         (reason, "Why."))

using ScheduleEvents =
    mp_list<ScheduleCreated, ScheduleUpdated, ScheduleDeleted, SchedulePublished, ScheduleArchived>;

}  // namespace rotacast::events
