// /api/v1/bus, for admins and coordinators; /api/v1/server, for admins.

#include "contract/endpoint.hpp"

namespace rotacast::contract {
namespace {

using Codes = std::vector<ErrorCode>;
using Parameters = std::vector<Parameter>;
using enum ErrorCode;

const Parameters page{{"before", "integer", "`next` of the page before: what stands behind it."},
                      {"limit", "integer", "1 to 1000; 100 if absent."}};
const Parameters filter{{"subscriber", "string", "Name of the subscriber."},
                        {"event_type", "string", "Type of the event."},
                        {"error", "string", "Name of the error."},
                        {"event_id", "string", "Id of the event."},
                        {"state", "string", "`dead` (if absent) or `discarded`."}};
const Parameters one_id{{"id", "integer", "Its number."}};
const Parameters one_subscriber{{"name", "string", "Name of the subscriber."}};

template <class T>
std::vector<T> joined(std::vector<T> first, const std::vector<T>& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

Endpoint read_endpoint(std::string_view path,
                       std::string_view id,
                       std::string_view text,
                       std::string_view answer,
                       const Codes& more = {},
                       Parameters parameters = {}) {
    Endpoint endpoint{"get", path, id, text, Who::user, "", "", answer, operator_refusals(more)};
    endpoint.parameters = std::move(parameters);
    return endpoint;
}

/// `request` may be empty.
Endpoint action_endpoint(std::string_view path,
                         std::string_view id,
                         std::string_view text,
                         std::string_view request,
                         std::string_view answer,
                         const Codes& more,
                         Parameters parameters = {}) {
    Endpoint endpoint{"post",
                      path,
                      id,
                      text,
                      Who::user,
                      request,
                      "application/json",
                      answer,
                      operator_refusals(more)};
    endpoint.parameters = std::move(parameters);
    return endpoint;
}

Endpoint begin_replay() {
    auto endpoint = action_endpoint(
        "/api/v1/bus/replays",
        "beginReplay",
        "Hand dead letters, or a range of the journal, to their handlers again.",
        "ReplaySelection",
        "Replay",
        {bad_json, missing_field, invalid_field, cursor_invalid, not_found, conflict});
    endpoint.status = "202";
    return endpoint;
}

Endpoint drain() {
    auto endpoint =
        action_endpoint("/api/v1/server/drain",
                        "drain",
                        "End the server in good order: not ready, connections closed evenly over "
                        "the window, everything stored, exit. For admins.",
                        "DrainWish",
                        "Draining",
                        {bad_json, invalid_field, conflict});
    endpoint.status = "202";
    return endpoint;
}

}  // namespace

Codes operator_refusals(const Codes& more) {
    return joined({unauthenticated,
                   token_invalid,
                   token_expired,
                   token_revoked,
                   user_inactive,
                   forbidden,
                   unavailable},
                  more);
}

const std::vector<Endpoint>& bus_endpoints() {
    static const std::vector<Endpoint> table{
        read_endpoint("/api/v1/bus/stats",
                      "busStatistics",
                      "Subscriptions and dead letters in numbers, and all of each subscriber.",
                      "BusStatistics"),
        read_endpoint("/api/v1/bus/subscriptions",
                      "subscriptions",
                      "Who hangs on events, and whether it is at work.",
                      "Subscriptions"),
        action_endpoint("/api/v1/bus/subscriptions/{name}/pause",
                        "pauseSubscription",
                        "Stop a subscriber; its events wait.",
                        "Reason",
                        "Subscriptions",
                        {bad_json, missing_field, invalid_field, not_found},
                        one_subscriber),
        action_endpoint("/api/v1/bus/subscriptions/{name}/resume",
                        "resumeSubscription",
                        "Let a subscriber go on where it stopped.",
                        "",
                        "Subscriptions",
                        {not_found},
                        one_subscriber),
        read_endpoint("/api/v1/bus/dead-letters",
                      "deadLetters",
                      "Deliveries that were given up, newest first.",
                      "DeadLetters",
                      {invalid_field},
                      joined(filter, page)),
        read_endpoint("/api/v1/bus/dead-letters/groups",
                      "deadLetterGroups",
                      "The same counted by subscriber and error, the largest first.",
                      "DeadLetterGroups",
                      {invalid_field},
                      filter),
        read_endpoint("/api/v1/bus/dead-letters/{id}",
                      "deadLetter",
                      "One of them with its event.",
                      "DeadLetterWithEvent",
                      {not_found},
                      one_id),
        read_endpoint("/api/v1/bus/replays",
                      "replays",
                      "What operators had replayed, newest first.",
                      "Replays",
                      {invalid_field},
                      page),
        begin_replay(),
        read_endpoint("/api/v1/bus/replays/{id}",
                      "replay",
                      "What became of one.",
                      "Replay",
                      {not_found},
                      one_id),
        action_endpoint("/api/v1/bus/discards",
                        "discardDeadLetters",
                        "Put dead letters away, with a reason; they are kept.",
                        "DiscardSelection",
                        "Discarded",
                        {bad_json, missing_field, invalid_field, not_found}),
        action_endpoint("/api/v1/bus/restores",
                        "restoreDeadLetters",
                        "Make discarded ones dead letters again.",
                        "LetterSelection",
                        "Restored",
                        {bad_json, missing_field, invalid_field, not_found}),
        read_endpoint("/api/v1/bus/audit",
                      "busAudit",
                      "What operators did, newest first.",
                      "Audit",
                      {invalid_field},
                      page),
        read_endpoint("/api/v1/bus/ledger",
                      "busLedger",
                      "What handlers wrote down, newest first.",
                      "Ledger",
                      {invalid_field},
                      joined({{"handler", "string", "Name of the subscriber."},
                              {"event_id", "string", "Id of the event."}},
                             page)),
        drain(),
    };
    return table;
}

}  // namespace rotacast::contract
