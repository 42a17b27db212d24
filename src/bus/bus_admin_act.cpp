// The actions of BusAdmin.

#include "base/log.hpp"
#include "bus/bus_admin_post.hpp"
#include "bus/duties.hpp"

namespace rotacast::bus {
namespace {

Error conflict(const char* message) {
    return {ErrorCode::conflict, message, ""};
}

std::string in_words(const DeadLetterFilter& filter) {
    std::string words;
    const auto add = [&](std::string_view key, const auto& value) {
        if (value) words += std::string(words.empty() ? "" : " ").append(key) + "=" + *value;
    };
    if (filter.id) words = "letter=" + std::to_string(*filter.id);
    add("subscriber", filter.subscriber);
    add("type", filter.event_type);
    add("error", filter.error_name);
    if (filter.event_id) add("event", std::optional(to_string(*filter.event_id)));
    return words.empty() ? "all" : words;
}

/// An error if another node of the cluster runs the named subscriber: its rows are there.
std::optional<Error> runs_elsewhere(Dispatcher& dispatcher,
                                    const std::optional<std::string>& name) {
    const auto* duties = dispatcher.options().duties;
    if (!name || !duties || dispatcher.find(*name)) return std::nullopt;
    const auto holder = duties->holder_of(*name);
    if (holder.empty()) return std::nullopt;
    return Error{ErrorCode::conflict,
                 "The subscriber runs on node " + holder +
                     ", which has its deliveries. Ask that node; `rotacast nodes` lists all.",
                 ""};
}

/// An error if the named subscriber has no handler in this process.
std::optional<Error> refusal(Dispatcher& dispatcher, const std::optional<std::string>& name) {
    if (!name || dispatcher.find(*name)) return std::nullopt;
    if (auto elsewhere = runs_elsewhere(dispatcher, name)) return elsewhere;
    if (!dispatcher.store().find_subscriber(*name))
        return not_found("There is no subscriber of this name.");
    return conflict("The subscriber has no handler in this process.");
}

/// After everything that other replays have scheduled: all replays share one rate.
Timestamp first_due(Dispatcher& dispatcher) {
    const auto last = dispatcher.store().last_replaying();
    const auto interval =
        std::chrono::ceil<std::chrono::milliseconds>(replay_interval(dispatcher.options()));
    return last ? std::max(dispatcher.now(), *last + interval) : dispatcher.now();
}

Result<Replay> claim(Dispatcher& dispatcher,
                     const DeadLetterFilter& filter,
                     const std::string& who) {
    auto& store = dispatcher.store();
    if (auto refused = refusal(dispatcher, filter.subscriber)) return std::move(*refused);
    Replay replay;
    replay.requested_by = who;
    replay.at = dispatcher.now();
    replay.selection = in_words(filter);
    store.records().add_replay(replay);
    replay.letters = store.records().claim_dead_letters(
        filter, replay.id, first_due(dispatcher), replay_interval(dispatcher.options()));
    if (replay.letters == 0 && filter.id)
        return not_found(
            "There is no such dead letter, or it has no handler, or another replay has it.");
    store.save(replay);
    store.records().audit({0, who, replay.at, "replay", replay.selection, replay.letters, ""});
    return replay;
}

Result<Replay> claim_range(Dispatcher& dispatcher,
                           const std::string& name,
                           Offset from,
                           Offset to,
                           const std::string& who) {
    auto& store = dispatcher.store();
    if (auto refused = refusal(dispatcher, name)) return std::move(*refused);
    const auto& record = dispatcher.find(name)->record();
    if (from >= to) return Error{ErrorCode::invalid_field, "The range is empty.", "/from"};
    Replay replay;
    replay.requested_by = who;
    replay.at = dispatcher.now();
    replay.selection =
        "subscriber=" + name + " range=" + std::to_string(from) + "-" + std::to_string(to);
    replay.range_subscriber = record.id;
    replay.range_to = std::min(to, record.position);
    replay.range_next = std::min(from, replay.range_to);
    store.records().add_replay(replay);
    const auto entries = static_cast<std::int64_t>(replay.range_to - replay.range_next);
    store.records().audit({0, who, replay.at, "replay_range", replay.selection, entries, ""});
    return replay;
}

}  // namespace

void BusAdmin::replay(DeadLetterFilter filter, std::string who, Done<Replay> done) {
    post(std::move(done),
         [filter = std::move(filter), who = std::move(who)](Dispatcher& dispatcher) {
             return act_on(dispatcher,
                           [&](DeliveryStore&) { return claim(dispatcher, filter, who); });
         });
}

void BusAdmin::replay_range(
    std::string subscriber, Offset from, Offset to, std::string who, Done<Replay> done) {
    post(std::move(done),
         [subscriber = std::move(subscriber), from, to, who = std::move(who)](
             Dispatcher& dispatcher) {
             auto replay = act_on(dispatcher, [&](DeliveryStore&) {
                 return claim_range(dispatcher, subscriber, from, to, who);
             });
             if (replay) dispatcher.add_range(*replay);
             return replay;
         });
}

void BusAdmin::discard(DeadLetterFilter filter,
                       std::string reason,
                       std::string who,
                       Done<std::int64_t> done) {
    post(std::move(done),
         [filter = std::move(filter), reason = std::move(reason), who = std::move(who)](
             Dispatcher& dispatcher) {
             if (auto elsewhere = runs_elsewhere(dispatcher, filter.subscriber))
                 return Result<std::int64_t>(std::move(*elsewhere));
             return act_on(dispatcher, [&](DeliveryStore& store) -> Result<std::int64_t> {
                 const auto count = store.records().discard(filter, reason, dispatcher.now());
                 if (count == 0 && filter.id) return not_found("There is no such dead letter.");
                 store.records().audit(
                     {0, who, dispatcher.now(), "discard", in_words(filter), count, reason});
                 return count;
             });
         });
}

void BusAdmin::restore(DeadLetterFilter filter, std::string who, Done<std::int64_t> done) {
    post(std::move(done),
         [filter = std::move(filter), who = std::move(who)](Dispatcher& dispatcher) {
             if (auto elsewhere = runs_elsewhere(dispatcher, filter.subscriber))
                 return Result<std::int64_t>(std::move(*elsewhere));
             return act_on(dispatcher, [&](DeliveryStore& store) -> Result<std::int64_t> {
                 const auto count = store.records().restore(filter);
                 if (count == 0 && filter.id) return not_found("There is no such letter.");
                 store.records().audit(
                     {0, who, dispatcher.now(), "restore", in_words(filter), count, ""});
                 return count;
             });
         });
}

void BusAdmin::pause(std::string subscriber, std::string reason, std::string who, Done<void> done) {
    set_paused(std::move(subscriber), true, std::move(reason), std::move(who), std::move(done));
}

void BusAdmin::resume(std::string subscriber, std::string who, Done<void> done) {
    set_paused(std::move(subscriber), false, "", std::move(who), std::move(done));
}

void BusAdmin::set_paused(
    std::string subscriber, bool paused, std::string reason, std::string who, Done<void> done) {
    post(std::move(done),
         [name = std::move(subscriber), paused, reason = std::move(reason), who = std::move(who)](
             Dispatcher& dispatcher) {
             if (auto elsewhere = runs_elsewhere(dispatcher, name))
                 return Result<void>(std::move(*elsewhere));
             const auto by = paused ? who : "";
             auto stored = act_on(dispatcher, [&](DeliveryStore& store) -> Result<void> {
                 const auto* here = dispatcher.find(name);
                 auto record = here ? std::optional(here->record()) : store.find_subscriber(name);
                 if (!record) return not_found("There is no subscriber of this name.");
                 record->paused = paused;
                 record->paused_by = by;
                 record->reason = reason;
                 store.save(*record);
                 store.records().audit(
                     {0, who, dispatcher.now(), paused ? "pause" : "resume", name, 1, reason});
                 return {};
             });
             if (auto* here = dispatcher.find(name); stored && here)
                 here->set_paused(paused, by, reason);
             return stored;
         });
}

void BusAdmin::note(AuditRow row, Done<void> done) {
    post(std::move(done), [row = std::move(row)](Dispatcher& dispatcher) {
        return act_on(dispatcher, [&](DeliveryStore& store) -> Result<void> {
            store.records().audit(row);
            return {};
        });
    });
}

void BusAdmin::forget(std::string subscriber,
                      std::string reason,
                      std::string who,
                      Done<void> done) {
    post(std::move(done),
         [name = std::move(subscriber), reason = std::move(reason), who = std::move(who)](
             Dispatcher& dispatcher) {
             if (dispatcher.find(name))
                 return Result<void>(conflict("The subscriber has a handler."));
             if (auto* duties = dispatcher.options().duties) duties->forget(name);
             return act_on(dispatcher, [&](DeliveryStore& store) -> Result<void> {
                 const auto record = store.find_subscriber(name);
                 if (!record) return not_found("There is no subscriber of this name.");
                 const auto counts = store.count(record->id);
                 const auto dead = counts[static_cast<std::size_t>(DeliveryState::dead)];
                 store.records().remove_subscriber(record->id);
                 store.records().audit({0, who, dispatcher.now(), "forget", name, dead, reason});
                 return {};
             });
         });
}

}  // namespace rotacast::bus
