#include "execution/event_subscription.hpp"

#include "base/json_text.hpp"
#include "execution/event_values.hpp"
#include "live/gap_reason.hpp"
#include "reflect/json.hpp"
#include "ws/topic_access.hpp"
#include "ws/v1_dialect.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>
#include <vector>

namespace rotacast::execution {
namespace {

/// The arguments that filter events, as text: equal for equal filters.
std::string filter_text(const graphql::RootField& field) {
    std::string text = field.name;
    for (const auto& [name, value] : field.arguments) {
        if (name == "after") continue;
        text.append(" ").append(name).append(":");
        reflect::append_json(text, value);
    }
    return text;
}

/// What is made once for many subscriptions while a batch is delivered on this loop.
struct Work {
    ResultTemplateCache templates;
    EventValues values;
};

Work& work() {
    thread_local Work of_this_loop;
    return of_this_loop;
}

}  // namespace

EventSubscription::EventSubscription(Host& host, std::string id, graphql::OperationPtr operation)
    : execution::Subscription(host, std::move(id), std::move(operation)),
      Subscriber(hub::as_publications),
      selection_text_(host.environment().selections.find(operation_->shape())),
      filter_text_(host.environment().selections.find(filter_text(root()))),
      before_(host.encoder().before_result(id_)) {}

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
    looks_at_each_ = std::ranges::any_of(selection_->topics(), &hub::Topic::is_kind);
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
    auto& rules = host_.environment().supervision.rules.on_loop(host_.loop());
    return ws::may_watch(rules.policy, host_.principal(), topic);
}

bool EventSubscription::may_see(const hub::Publication& publication) const {
    return std::ranges::any_of(publication.topics,
                               [&](const hub::Topic& topic) { return may_see(topic); });
}

// Anybody may watch a kind; seen_of() then checks each publication.
bool EventSubscription::may_receive(const hub::Topic& topic) const {
    if (!selection_) return false;
    if (topic.is_kind()) return true;
    if (topic.kind == hub::Topic::Kind::everybody) return selection_->of_everybody();
    return may_see(topic);
}

// --------------------------------------------------------------------------------------- events

void EventSubscription::on_publications(const hub::PublicationSlice& taken) {
    const auto seen = seen_of(taken);
    if (seen.empty()) return;
    auto& result_template = result_template_of(taken, seen);
    if (!result_template.empty()) host_.put(result_template.rendered(before_));
}

void EventSubscription::on_batch_end() {
    work().templates.forget();
    work().values.forget();
    host_.flush();
}

// Returns a view that is valid until the next call.
std::span<const std::uint32_t> EventSubscription::seen_of(
    const hub::PublicationSlice& taken) const {
    if (!looks_at_each_) return taken.indexes;
    thread_local std::vector<std::uint32_t> seen;
    seen.clear();
    std::ranges::copy_if(taken.indexes, std::back_inserter(seen), [&](std::uint32_t index) {
        return may_see(taken.batch->publications()[index]);
    });
    return seen;
}

ResultTemplate& EventSubscription::result_template_of(const hub::PublicationSlice& taken,
                                                      std::span<const std::uint32_t> seen) const {
    // A selection that becomes shared only now is encoded once more.
    const bool alone = !taken.shared || selection_text_.use_count() == 1;
    const auto make = [&](ResultTemplate& to) {
        print(to, taken, seen, alone ? nullptr : taken.shared);
    };
    if (alone) return work().templates.make(taken.batch, make);
    return work().templates.find(
        taken.batch,
        {selection_text_, filter_text_, host_.encoder(), host_.framing(), before_.size(), seen},
        make);
}

void EventSubscription::print(ResultTemplate& to,
                              const hub::PublicationSlice& taken,
                              std::span<const std::uint32_t> seen,
                              hub::SharedResultCache* shared) const {
    thread_local std::string text;
    auto* texts = shared ? shared->texts_of(selection_text_) : nullptr;
    const auto append_framed = host_.framing();
    for (const auto index : seen) {
        if (!selection_->wants(taken.batch->publications()[index])) continue;
        text.assign(before_);
        const auto make = [&](std::string& json) { append_result(json, taken.batch, index); };
        texts ? shared->append(text, texts[index], make) : make(text);
        text.append(host_.encoder().after_result());
        to.add(index, append_framed(to.bytes(), text));
    }
}

void EventSubscription::append_result(std::string& to,
                                      const hub::PublicationBatchPtr& batch,
                                      std::uint32_t index) const {
    const auto* value = work().values.of(batch, index, root().name);
    if (!value) return;
    const std::array results{graphql::RootResult{value, {}}};
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
    to += host_.encoder().after_result();
}

bool EventSubscription::journal_broke(hub::Break why,
                                      std::string_view before,
                                      std::string_view now) {
    host_.environment().sources.resumes.count_gap(live::gap_reason(why));
    std::string gap;
    tell_gap(gap, before, now, to_string(live::gap_reason(why)));
    host_.send(gap);
    return true;
}

// ----------------------------------------------------------------------------------- catching up

void EventSubscription::catch_up(const events::Cursor& from) {
    auto& sources = host_.environment().sources;
    const live::CatchUp::Environment environment{.loop = host_.loop(),
                                                 .hub = hub(),
                                                 .journal = sources.journal,
                                                 .history = sources.history,
                                                 .entries_max = sources.resume_entries_max};
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
    host_.environment().sources.resumes.count_resume(outcome.gap);
    if (!outcome.gap) return;
    std::string gap;
    tell_gap(gap, outcome.gap_from, outcome.cursor, to_string(*outcome.gap));
    host_.send(gap);
}

}  // namespace rotacast::execution
