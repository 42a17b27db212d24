#include "execution/event_subscription.hpp"

#include "base/json_text.hpp"
#include "execution/wishes.hpp"
#include "ws/topic_access.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace rotacast::execution {

EventSubscription::EventSubscription(Host& host, std::string id, graphql::OperationPtr operation)
    : execution::Subscription(host, std::move(id), std::move(operation)),
      Subscriber(hub::as_publications),
      wish_(host.services().wishes.find(operation_->shape())),
      before_(host.spelling().before_result(id_)) {}

EventSubscription::~EventSubscription() {
    if (catch_up_) catch_up_->cancel();
    hub().detach(*this);
}

void EventSubscription::start() {
    auto selection = EventSelection::of(root());
    if (!selection) return refuse(selection.error());
    if (selection->person() && !may_see(hub::Topic::person(*selection->person())))
        return refuse({ErrorCode::forbidden, "Your role may not watch this person.", ""});
    std::optional<events::Cursor> from;
    if (selection->after()) {
        from = events::Cursor::parse(*selection->after());
        if (!from) return refuse({ErrorCode::cursor_invalid, "", "/after"});
    }
    selection_ = std::move(*selection);
    for (const auto& topic : selection_->topics()) hub().topics().subscribe(*this, topic);
    from ? catch_up(*from) : hub().attach(*this);
}

void EventSubscription::on_tick(Timestamp) {
    if (catch_up_) catch_up_->proceed();
}

void EventSubscription::on_drained() {
    if (catch_up_) catch_up_->proceed();
}

// --------------------------------------------------------------------------------------- access

bool EventSubscription::may_see(const hub::Topic& topic) const {
    auto& rules = host_.services().rules.on_loop(host_.loop());
    return ws::may_watch(rules.policy, host_.principal(), topic);
}

bool EventSubscription::may_see(const hub::Publication& publication) const {
    return std::ranges::any_of(publication.topics,
                               [&](const hub::Topic& topic) { return may_see(topic); });
}

/// Of a kind somebody gets all, and looks at each (take).
bool EventSubscription::may_receive(const hub::Topic& topic) const {
    if (!selection_) return false;
    if (topic.is_kind()) return true;
    if (topic.kind == hub::Topic::Kind::everybody) return selection_->of_everybody();
    return may_see(topic);
}

// --------------------------------------------------------------------------------------- events

void EventSubscription::take(const hub::Taken& taken) {
    thread_local std::string text;
    auto* shared = taken.shared ? taken.shared->texts_of(wish_) : nullptr;
    for (const auto index : taken.indexes) {
        const auto& publication = taken.batch->publications()[index];
        if (!selection_->wants(publication) || !may_see(publication)) continue;
        text.assign(before_);
        const auto make = [&](std::string& to) { spell(to, publication); };
        shared ? taken.shared->append(text, shared[index], make) : make(text);
        text.append(host_.spelling().after_result());
        host_.put(text, taken, index);
    }
}

void EventSubscription::spell(std::string& to, const hub::Publication& publication) const {
    auto data = data_for(root().name, publication);
    if (!data) return;
    const graphql::json::value value(std::move(*data));
    const std::array results{graphql::RootResult{&value, {}}};
    to += graphql::complete(*operation_, results);
}

void EventSubscription::tell_gap(std::string& to,
                                 std::string_view from,
                                 std::string_view to_cursor,
                                 std::string_view reason) const {
    to += before_;
    to += R"({"data":null,"extensions":{"gap":{"from":)";
    append_json_string(to, from);
    to += R"(,"to":)";
    append_json_string(to, to_cursor);
    to += R"(,"reason":)";
    append_json_string(to, reason);
    to += "}}}";
    to += host_.spelling().after_result();
}

// -------------------------------------------------------------------------------------- resuming

void EventSubscription::catch_up(const events::Cursor& from) {
    auto& services = host_.services();
    const live::CatchUp::Environment environment{.loop = host_.loop(),
                                                 .hub = hub(),
                                                 .journal = services.journal,
                                                 .history = services.history,
                                                 .entries_max = services.resume_entries_max};
    catch_up_ = std::make_shared<live::CatchUp>(
        environment,
        *this,
        [this] { return host_.backlogged(); },
        [this](const live::CaughtUp& outcome) { caught_up(outcome); });
    const auto started = catch_up_;
    started->start(from);
}

void EventSubscription::caught_up(const live::CaughtUp& outcome) {
    const auto finished = std::exchange(catch_up_, nullptr);
    if (outcome.recovered) return;
    std::string gap;
    tell_gap(gap, outcome.gap_from, outcome.cursor, outcome.reason);
    host_.send(gap);
}

}  // namespace rotacast::execution
