#include "contract/schema_parts.hpp"
#include "live/cluster_view.hpp"
#include "reflect/json_schema.hpp"

namespace rotacast::contract {
namespace {

/// An object whose members are all required.
json::object all_of(json::object properties) {
    json::array required;
    for (const auto& property : properties) required.emplace_back(property.key());
    return object_of(std::move(properties), std::move(required));
}

/// `{"<key>":[item…],"next":…}`.
json::object page_of(std::string_view key, json::object item) {
    json::object properties{{key, list_of(std::move(item))}};
    auto next = or_null(integer());
    next["description"] = "What to give as `before` for the next page; null after the last.";
    properties["next"] = std::move(next);
    return all_of(std::move(properties));
}

json::object counts(std::initializer_list<std::string_view> names) {
    json::object out;
    for (const auto name : names) out[name] = integer();
    return out;
}

void add(json::object& to, json::object more) {
    for (auto& pair : more) to[pair.key()] = std::move(pair.value());
}

json::object subscription_members() {
    return {{"name", text("")},
            {"types", list_of(text("Type of event; an empty list means all."))},
            {"state", named("SubscriptionState", one_of({"active", "paused", "gone"}))},
            {"paused_by", text("An operator; empty: nobody, or by itself.")},
            {"reason", text("Why it is paused.")}};
}

json::object subscriber() {
    auto members = subscription_members();
    members["position"] = text("Cursor: up to here everything is done or accounted for.");
    add(members,
        counts({"lag",
                "done",
                "failed_attempts",
                "running",
                "waiting",
                "pending",
                "replaying",
                "dead",
                "discarded",
                "missed"}));
    members["last_error"] = text("Name of the last failure.");
    members["failing_since"] = or_null(moment());
    members["oldest_waiting"] = or_null(moment());
    add(members, counts({"attempts", "busy_us", "longest_us", "threads_lost"}));
    return all_of(std::move(members));
}

json::object statistics() {
    return all_of(
        {{"total_subscriptions", integer()},
         {"subscriptions_by_type", {{"type", "object"}, {"additionalProperties", integer()}}},
         {"dead_letter_count", integer()},
         {"subscribers", list_of(named("Subscriber", subscriber()))}});
}

json::object dead_letter_members() {
    return {{"id", integer()},
            {"subscriber", text("")},
            {"event_id", or_null(identifier())},
            {"event_type", text("")},
            {"cursor", text("Position of the event in the journal.")},
            {"error",
             named("DeadLetterError",
                   all_of({{"name", text("Short and stable, for grouping.")},
                           {"message", text("For people.")}}))},
            {"attempts", integer()},
            {"first_failure", or_null(moment())},
            {"last_failure", or_null(moment())},
            {"state", named("DeadLetterState", one_of({"dead", "discarded"}))},
            {"reason", text("Why it was discarded.")},
            {"replay", or_null(integer())}};
}

json::object dead_letter_with_event() {
    auto members = dead_letter_members();
    members["event"] = {{"type", {"object", "null"}}};
    return all_of(std::move(members));
}

json::object groups() {
    return all_of({{"groups",
                    list_of(named("DeadLetterGroup",
                                  all_of({{"subscriber", text("")},
                                          {"error", text("Name of the error.")},
                                          {"message", text("Of one of them.")},
                                          {"count", integer()},
                                          {"first_failure", moment()},
                                          {"last_failure", moment()}})))}});
}

json::object replay() {
    json::object members{{"id", integer()},
                         {"requested_by", text("")},
                         {"at", moment()},
                         {"selection", text("In words.")}};
    add(members, counts({"letters", "done", "failed", "discarded", "entries_unread"}));
    members["finished"] = {{"type", "boolean"}};
    return all_of(std::move(members));
}

json::object audit_row() {
    return all_of({{"id", integer()},
                   {"requested_by", text("")},
                   {"at", moment()},
                   {"action", text("")},
                   {"subject", text("")},
                   {"count", integer()},
                   {"reason", text("")}});
}

json::object ledger_row() {
    return all_of({{"id", integer()},
                   {"handler", text("")},
                   {"event_id", or_null(identifier())},
                   {"kind", text("")},
                   {"subject", text("")},
                   {"detail", text("")},
                   {"at", moment()}});
}

json::object selection_members() {
    return {{"id", integer()},
            {"subscriber", text("")},
            {"event_type", text("")},
            {"error", text("Name of the error.")},
            {"event_id", identifier()},
            {"all",
             {{"type", "boolean"},
              {"description", "True selects all dead letters; no other member may be given."}}}};
}

json::object strict(json::object properties, json::array required = {}) {
    auto out = object_of(std::move(properties), std::move(required));
    out["additionalProperties"] = false;
    return out;
}

json::object replay_selection() {
    auto members = selection_members();
    members["from"] =
        text("Cursor: the range of the journal starts after it. Needs `subscriber` and `to`.");
    members["to"] = text("Cursor of the last entry of the range.");
    return strict(std::move(members));
}

json::object reason() {
    return {{"type", "string"}, {"minLength", 1}, {"maxLength", 1000}};
}

json::object discard_selection() {
    auto members = selection_members();
    members["reason"] = reason();
    return strict(std::move(members), {"reason"});
}

json::object drain_request() {
    json::object window{{"type", "integer"},
                        {"minimum", 0},
                        {"maximum", 3600},
                        {"description", "Instead of the configured drain_window_s."}};
    return strict({{"window_s", std::move(window)}, {"reason", reason()}});
}

json::object draining() {
    return all_of(
        {{"draining", always_true()}, {"window_s", integer()}, {"connections", integer()}});
}

}  // namespace

json::object bus_schemas() {
    return {{"BusStatistics", statistics()},
            {"Subscriptions",
             all_of({{"subscriptions",
                      list_of(named("Subscription", all_of(subscription_members())))}})},
            {"Reason", strict({{"reason", reason()}}, {"reason"})},
            {"Nodes", reflect::SchemaOf<live::ClusterView>::get()},
            {"DrainRequest", drain_request()},
            {"Draining", draining()},
            {"DeadLetters",
             page_of("dead_letters", named("DeadLetter", all_of(dead_letter_members())))},
            {"DeadLetterWithEvent", dead_letter_with_event()},
            {"DeadLetterGroups", groups()},
            {"Replay", replay()},
            {"Replays", page_of("replays", replay())},
            {"ReplaySelection", replay_selection()},
            {"LetterSelection", strict(selection_members())},
            {"DiscardSelection", discard_selection()},
            {"Discarded", all_of(counts({"discarded"}))},
            {"Restored", all_of(counts({"restored"}))},
            {"Audit", page_of("audit", named("AuditRow", audit_row()))},
            {"Ledger", page_of("ledger", named("LedgerRow", ledger_row()))}};
}

}  // namespace rotacast::contract
