#include "app/projector.hpp"

#include "bus/cursor.hpp"

#include <array>

namespace rotacast::app {
namespace {

namespace client = events::client;
using events::ClientEvent;
using hub::Topic;

/// One event being shown: collects client events, and the members that it would have needed.
struct View {
    struct Shown {
        ClientEvent event;
        std::vector<Topic> topics;
    };

    const events::Metadata& metadata;
    std::vector<Shown> shown;
    std::vector<std::string> missing;

    void show(ClientEvent event, std::vector<Topic> topics) {
        shown.push_back({std::move(event), std::move(topics)});
    }

    /// A member that the client event requires; without it nothing is shown.
    Uuid need(const std::optional<std::string>& text, std::string_view member) {
        const auto id = text ? Uuid::parse(*text) : std::nullopt;
        if (!id) missing.push_back('/' + std::string(member));
        return id.value_or(Uuid{});
    }
};

std::optional<Uuid> id_or_null(const std::optional<std::string>& text) {
    return text ? Uuid::parse(*text) : std::nullopt;
}

std::vector<Uuid> ids_of(const std::vector<std::string>& texts) {
    std::vector<Uuid> ids;
    for (const auto& text : texts)
        if (const auto id = Uuid::parse(text)) ids.push_back(*id);
    return ids;
}

std::optional<std::string> text_of(const events::json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    if (!value || !value->is_string()) return std::nullopt;
    return std::string(value->as_string());
}

template <class... Choices>
std::optional<std::string> first_of(const std::optional<std::string>& first,
                                    const Choices&... rest) {
    if (first) return first;
    if constexpr (sizeof...(rest) == 0)
        return std::nullopt;
    else
        return first_of(rest...);
}

std::vector<Topic> both_persons(const Uuid& requester, const std::optional<Uuid>& target) {
    std::vector<Topic> topics{Topic::person(requester)};
    if (target) topics.push_back(Topic::person(*target));
    return topics;
}

// ---- schedules

void show_schedule(View& view,
                   const std::string& schedule,
                   const std::string& actor,
                   std::string update_type,
                   const std::optional<std::string>& academic_year,
                   std::int64_t blocks,
                   std::optional<std::string> message) {
    const auto id = view.need(schedule, "schedule_id");
    auto who = Uuid::parse(actor);
    if (!who) who = id_or_null(view.metadata.user_id);
    view.show(client::ScheduleUpdated{id,
                                      id_or_null(academic_year),
                                      who,
                                      std::move(update_type),
                                      blocks,
                                      message.value_or("")},
              {Topic::schedule(id)});
}

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
                  first_of(e.message, e.reason));
}

void show(View& view, const events::SchedulePublished& e) {
    show_schedule(view,
                  e.schedule_id,
                  e.published_by,
                  "modified",
                  {},
                  e.affected_blocks_count.value_or(0),
                  e.message.value_or("Schedule published"));
}

void show(View& view, const events::ScheduleArchived& e) {
    show_schedule(view,
                  e.schedule_id,
                  e.archived_by,
                  "modified",
                  {},
                  0,
                  e.reason.value_or("Schedule archived"));
}

void show(View& view, const events::ScheduleDeleted& e) {
    show_schedule(view,
                  e.schedule_id,
                  e.deleted_by,
                  "modified",
                  {},
                  0,
                  e.reason.value_or("Schedule deleted"));
}

// ---- assignments

struct AssignmentFacts {
    std::optional<std::string> assignment;
    std::optional<std::string> person;
    std::optional<std::string> previous_person;
    std::optional<std::string> block;
    std::optional<std::string> rotation;
    std::optional<std::string> schedule;
    std::optional<std::string> actor;
    std::optional<std::string> message;
};

// Whoever loses the duty is concerned as much as whoever gets it.
void show_assignment(View& view, const AssignmentFacts& facts, std::string change_type) {
    const auto person = view.need(facts.person, "person_id");
    std::vector<Topic> topics{Topic::person(person)};
    if (const auto before = id_or_null(facts.previous_person); before && *before != person)
        topics.push_back(Topic::person(*before));
    if (const auto schedule = id_or_null(facts.schedule))
        topics.push_back(Topic::schedule(*schedule));
    auto actor = id_or_null(facts.actor);
    if (!actor) actor = id_or_null(view.metadata.user_id);
    view.show(client::AssignmentChanged{view.need(facts.assignment, "assignment_id"),
                                        person,
                                        view.need(facts.block, "block_id"),
                                        id_or_null(facts.rotation),
                                        std::move(change_type),
                                        actor,
                                        facts.message.value_or("")},
              std::move(topics));
}

void show(View& view, const events::AssignmentCreated& e) {
    show_assignment(view,
                    {e.assignment_id,
                     e.person_id,
                     {},
                     e.block_id,
                     e.rotation_id,
                     e.schedule_id,
                     e.created_by,
                     {}},
                    "created");
}

void show(View& view, const events::AssignmentUpdated& e) {
    const auto now_or_before = [&](const std::optional<std::string>& own, std::string_view key) {
        return first_of(own, text_of(e.changes, key), text_of(e.previous_values, key));
    };
    show_assignment(view,
                    {e.assignment_id,
                     now_or_before(e.person_id, "person_id"),
                     text_of(e.previous_values, "person_id"),
                     now_or_before(e.block_id, "block_id"),
                     first_of(now_or_before(e.rotation_id, "rotation_id"),
                              text_of(e.changes, "rotation_template_id")),
                     now_or_before(e.schedule_id, "schedule_id"),
                     e.updated_by,
                     e.reason},
                    "updated");
}

void show(View& view, const events::AssignmentConfirmed& e) {
    show_assignment(view,
                    {e.assignment_id,
                     e.person_id,
                     {},
                     e.block_id,
                     e.rotation_id,
                     e.schedule_id,
                     e.confirmed_by,
                     e.notes},
                    "updated");
}

void show(View& view, const events::AssignmentDeleted& e) {
    show_assignment(view,
                    {e.assignment_id,
                     e.person_id,
                     {},
                     e.block_id,
                     e.rotation_id,
                     e.schedule_id,
                     e.deleted_by,
                     e.reason},
                    "deleted");
}

// ---- swaps

void show(View& view, const events::SwapRequested& e) {
    const auto requester = view.need(e.requester_id, "requester_id");
    const auto target = id_or_null(e.target_person_id);
    std::vector<std::string> duties{e.requester_assignment_id};
    if (e.target_assignment_id) duties.push_back(*e.target_assignment_id);
    view.show(client::SwapRequested{view.need(e.swap_id, "swap_id"),
                                    requester,
                                    target,
                                    e.swap_type,
                                    ids_of(duties),
                                    e.reason.value_or(""),
                                    "pending"},
              both_persons(requester, target));
}

void show(View& view, const events::SwapApproved& e) {
    const auto requester = view.need(e.requester_id, "requester_id");
    const auto target = id_or_null(e.target_person_id);
    view.show(client::SwapApproved{view.need(e.swap_id, "swap_id"),
                                   requester,
                                   target,
                                   view.need(e.approved_by, "approved_by"),
                                   ids_of(e.affected_assignments),
                                   e.approval_notes.value_or(""),
                                   e.swap_type,
                                   "approved"},
              both_persons(requester, target));
}

// One assignment_changed per duty that changed hands; a change that does not say whose is skipped.
void show_changes(View& view,
                  const std::vector<events::json::object>& changes,
                  const std::string& actor,
                  const std::string& message) {
    for (const auto& change : changes) {
        AssignmentFacts facts;
        facts.assignment = text_of(change, "assignment_id");
        facts.person = first_of(text_of(change, "new_person_id"), text_of(change, "person_id"));
        facts.previous_person =
            first_of(text_of(change, "previous_person_id"), text_of(change, "old_person_id"));
        facts.block = text_of(change, "block_id");
        facts.rotation =
            first_of(text_of(change, "rotation_template_id"), text_of(change, "rotation_id"));
        facts.schedule = text_of(change, "schedule_id");
        facts.actor = actor;
        facts.message = message;
        View single{view.metadata, {}, {}};
        show_assignment(single, facts, "updated");
        if (single.missing.empty()) view.shown.push_back(std::move(single.shown.front()));
    }
}

void show(View& view, const events::SwapExecuted& e) {
    show_changes(view, e.assignment_changes, e.executed_by, "Swap executed");
}

void show(View& view, const events::SwapRolledBack& e) {
    show_changes(view, e.assignment_changes, e.rolled_back_by, "Swap rolled back");
}

// ---- conflicts

void show_overlap(View& view,
                  const std::string& absence,
                  const std::optional<std::string>& person_text,
                  const std::vector<std::string>& blocks,
                  const std::optional<std::string>& severity,
                  const std::optional<std::string>& message) {
    if (blocks.empty()) return;
    const auto person = view.need(person_text, "person_id");
    view.show(client::ConflictDetected{Uuid::parse(absence),
                                       person,
                                       "absence_overlap",
                                       severity.value_or("high"),
                                       ids_of(blocks),
                                       message.value_or("Absence overlaps an assignment")},
              {Topic::person(person)});
}

void show(View& view, const events::AbsenceCreated& e) {
    show_overlap(view, e.absence_id, e.person_id, e.overlapping_blocks, e.severity, e.reason);
}

void show(View& view, const events::AbsenceApproved& e) {
    if (e.coverage_assigned) return;
    show_overlap(
        view, e.absence_id, e.person_id, e.overlapping_blocks, e.severity, e.approval_notes);
}

void show(View& view, const events::ACGMEViolationDetected& e) {
    const auto person = view.need(e.person_id, "person_id");
    view.show(client::ConflictDetected{Uuid::parse(e.violation_id),
                                       person,
                                       "acgme_violation",
                                       e.severity == "warning" ? "medium" : e.severity,
                                       ids_of(e.affected_blocks),
                                       e.message.value_or("Duty-hour rule " + e.violation_type)},
              {Topic::person(person)});
}

// ---- resilience

// The two vocabularies of levels that back ends use, as the colours that screens know.
std::string colour_of(std::string_view level) {
    constexpr std::array<std::string_view, 5> colours{"green", "yellow", "orange", "red", "black"};
    for (const auto colour : colours)
        if (level == colour) return std::string(colour);
    constexpr std::string_view prefix = "DEFENSE_LEVEL_";
    if (level.size() == prefix.size() + 1 && level.starts_with(prefix)) {
        const char digit = level.back();
        if (digit >= '1' && digit <= '5')
            return std::string(colours[static_cast<std::size_t>(digit - '1')]);
    }
    return "orange";
}

void show(View& view, const events::ResilienceLevelChanged& e) {
    view.show(client::ResilienceAlert{"defense_level_change",
                                      colour_of(e.new_level),
                                      e.utilization,
                                      e.new_level,
                                      ids_of(e.affected_persons),
                                      e.trigger_reason,
                                      e.recommendations},
              {Topic::everybody()});
}

void show(View& view, const events::ContingencyActivated& e) {
    view.show(client::ResilienceAlert{e.alert_type.value_or("defense_level_change"),
                                      colour_of(e.level.value_or("red")),
                                      e.utilization,
                                      e.level,
                                      ids_of(e.affected_persons),
                                      e.reason,
                                      e.recommendations},
              {Topic::everybody()});
}

void show(View& view, const events::LoadShedInitiated& e) {
    view.show(client::ResilienceAlert{"defense_level_change",
                                      colour_of(e.level),
                                      e.utilization,
                                      e.level,
                                      ids_of(e.affected_persons),
                                      e.reason,
                                      e.recommendations},
              {Topic::everybody()});
}

// ---- client events published as such

void show(View& view, const client::ScheduleUpdated& e) {
    view.show(e, {e.schedule_id ? Topic::schedule(*e.schedule_id) : Topic::everybody()});
}
void show(View& view, const client::AssignmentChanged& e) {
    view.show(e, {Topic::person(e.person_id)});
}
void show(View& view, const client::SwapRequested& e) {
    view.show(e, both_persons(e.requester_id, e.target_person_id));
}
void show(View& view, const client::SwapApproved& e) {
    view.show(e, both_persons(e.requester_id, e.target_person_id));
}
void show(View& view, const client::ConflictDetected& e) {
    view.show(e, {Topic::person(e.person_id)});
}
void show(View& view, const client::ResilienceAlert& e) {
    view.show(e, {Topic::everybody()});
}
void show(View& view, const client::SolverSolution& e) {
    view.show(e, {Topic::everybody()});
}
void show(View& view, const client::SolverComplete& e) {
    view.show(e, {Topic::everybody()});
}

View view_of(const events::Envelope& envelope) {
    View view{envelope.metadata, {}, {}};
    std::visit(
        [&](const auto& event) {
            if constexpr (requires { show(view, event); }) show(view, event);
        },
        envelope.event);
    return view;
}

}  // namespace

std::vector<hub::Publication> project(const bus::Entry& entry, const std::string& epoch) {
    auto view = view_of(entry.envelope);
    std::vector<hub::Publication> publications;
    if (!view.missing.empty()) return publications;
    const auto& metadata = entry.envelope.metadata;
    const auto event_id = metadata.event_id.value_or(Uuid{});
    const auto cursor = to_string(bus::Cursor{epoch, entry.offset});
    for (std::size_t i = 0; i < view.shown.size(); ++i)
        publications.push_back({cursor,
                                i == 0 ? event_id : Uuid::derived(event_id, i),
                                metadata.timestamp.value_or(entry.stored_at),
                                std::move(view.shown[i].event),
                                std::move(view.shown[i].topics)});
    return publications;
}

std::vector<std::string> what_screens_miss(const events::Envelope& envelope) {
    return view_of(envelope).missing;
}

}  // namespace rotacast::app
