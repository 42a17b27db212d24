#include "app/view.hpp"

namespace rotacast::app {

void View::show(events::ClientEvent event, std::vector<Topic> topics) {
    shown.push_back({std::move(event), std::move(topics)});
}

Uuid View::need(const std::optional<std::string>& text, std::string_view member) {
    const auto id = id_or_null(text);
    if (!id) missing.push_back('/' + std::string(member));
    return id.value_or(Uuid{});
}

std::optional<Uuid> View::actor(const std::optional<std::string>& text) const {
    const auto said = id_or_null(text);
    return said ? said : id_or_null(metadata.user_id);
}

std::optional<Uuid> id_or_null(const std::optional<std::string>& text) {
    return text ? Uuid::parse(*text) : std::nullopt;
}

std::vector<Uuid> ids_of(const std::vector<std::string>& texts) {
    std::vector<Uuid> ids;
    for (const auto& text : texts)
        if (const auto id = Uuid::parse(text)) ids.push_back(*id);
    return ids;
}

std::vector<Topic> both_persons(const Uuid& requester, const std::optional<Uuid>& target) {
    std::vector<Topic> topics{Topic::person(requester)};
    if (target) topics.push_back(Topic::person(*target));
    return topics;
}

std::optional<std::string> text_of(const events::json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    if (!value || !value->is_string()) return std::nullopt;
    return std::string(value->as_string());
}

// Client events that a back end published as such.

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

// What handlers derived.

void show(View& view, const events::Notification& e) {
    std::vector<Topic> topics;
    topics.reserve(e.recipients.size());
    for (const auto& user : e.recipients) topics.push_back(Topic::user(user));
    view.show(e, std::move(topics));
}

}  // namespace rotacast::app
