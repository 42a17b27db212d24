#include "projection/view.hpp"

namespace rotacast::projection {

void View::show(events::ClientEvent event, std::vector<Topic> topics) {
    shown.push_back({std::move(event), std::move(topics)});
}

Uuid View::need(MaybeText text, std::string_view member) {
    const auto id = id_or_null(text);
    if (!id) missing.push_back('/' + std::string(member));
    return id.value_or(Uuid{});
}

std::optional<Uuid> View::actor(MaybeText text) const {
    const auto said = id_or_null(text);
    return said ? said : id_or_null(metadata.user_id);
}

std::optional<Uuid> id_or_null(MaybeText text) {
    return text ? Uuid::parse(*text) : std::nullopt;
}

std::vector<Topic> both_persons(const Uuid& requester, const std::optional<Uuid>& target) {
    std::vector<Topic> topics{Topic::person(requester)};
    if (target) topics.push_back(Topic::person(*target));
    return topics;
}

// Client events that a back end published as such need no other members.

namespace {

template <class E>
void show_as_it_is(View& view, const E& event, const Topic& topic) {
    if (view.shows()) view.show(event, {topic});
}

template <class E>
void show_to_both(View& view, const E& event) {
    if (view.shows()) view.show(event, both_persons(event.requester_id, event.target_person_id));
}

}  // namespace

void show(View& view, const client::ScheduleUpdated& e) {
    show_as_it_is(view, e, e.schedule_id ? Topic::schedule(*e.schedule_id) : Topic::everybody());
}
void show(View& view, const client::AssignmentChanged& e) {
    show_as_it_is(view, e, Topic::person(e.person_id));
}
// With another status than `pending` it tells how a request ended, which only GraphQL can say
// (show_ending in show_duties.cpp).
void show(View& view, const client::SwapRequested& e) {
    if (e.status.value_or("pending") == "pending") return show_to_both(view, e);
    if (!view.shows()) return;
    std::vector<Topic> topics{Topic::party(e.requester_id)};
    if (e.target_person_id) topics.push_back(Topic::party(*e.target_person_id));
    view.show(e, std::move(topics));
}
void show(View& view, const client::SwapApproved& e) {
    show_to_both(view, e);
}
void show(View& view, const client::ConflictDetected& e) {
    show_as_it_is(view, e, Topic::person(e.person_id));
}
void show(View& view, const client::ResilienceAlert& e) {
    show_as_it_is(view, e, Topic::everybody());
}
void show(View& view, const client::SolverSolution& e) {
    show_as_it_is(view, e, Topic::everybody());
}
void show(View& view, const client::SolverComplete& e) {
    show_as_it_is(view, e, Topic::everybody());
}

// Events that handlers derived.

void show(View& view, const events::Notification& e) {
    std::vector<Topic> topics;
    topics.reserve(e.recipients.size());
    for (const auto& user : e.recipients) topics.push_back(Topic::user(user));
    view.show(e, std::move(topics));
}

}  // namespace rotacast::projection
