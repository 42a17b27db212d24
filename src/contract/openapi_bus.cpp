// /api/v1/bus, for admins and coordinators; /api/v1/server, for admins.

#include "contract/endpoint.hpp"

namespace rotacast::contract {
namespace {

using Codes = std::vector<ErrorCode>;
using Parameters = std::vector<Parameter>;
using enum ErrorCode;

const Parameters page{{"before", "integer", "`next` of the previous page."},
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
                      operator_refusals(joined({origin_refused}, more))};
    endpoint.parameters = std::move(parameters);
    return endpoint;
}

Endpoint begin_replay() {
    auto endpoint = action_endpoint(
        "/api/v1/bus/replays",
        "beginReplay",
        "Handle dead letters, or a range of the journal, again.",
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
                        "Drain and stop the server: it reports not ready, closes connections "
                        "evenly over the window, stores everything, and exits. For admins.",
                        "DrainRequest",
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
        read_endpoint(
            "/api/v1/nodes", "nodes", "The nodes of the cluster, how far each is.", "Nodes"),
        read_endpoint(
            "/api/v1/bus/stats",
            "busStatistics",
            "Counts of subscriptions and dead letters, and the status of each subscriber.",
            "BusStatistics"),
        read_endpoint("/api/v1/bus/subscriptions",
                      "subscriptions",
                      "The subscribers, and whether each is active.",
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
                        "Resume a paused subscriber where it stopped.",
                        "",
                        "Subscriptions",
                        {not_found},
                        one_subscriber),
        read_endpoint("/api/v1/bus/dead-letters",
                      "deadLetters",
                      "Dead letters, newest first.",
                      "DeadLetters",
                      {invalid_field},
                      joined(filter, page)),
        read_endpoint("/api/v1/bus/dead-letters/groups",
                      "deadLetterGroups",
                      "Dead letters counted by subscriber and error, the largest count first.",
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
                      "Replays, newest first.",
                      "Replays",
                      {invalid_field},
                      page),
        begin_replay(),
        read_endpoint("/api/v1/bus/replays/{id}",
                      "replay",
                      "One replay and its progress.",
                      "Replay",
                      {not_found},
                      one_id),
        action_endpoint("/api/v1/bus/discards",
                        "discardDeadLetters",
                        "Discard dead letters, with a reason; they can be restored.",
                        "DiscardSelection",
                        "Discarded",
                        {bad_json, missing_field, invalid_field, not_found}),
        action_endpoint("/api/v1/bus/restores",
                        "restoreDeadLetters",
                        "Restore discarded dead letters.",
                        "LetterSelection",
                        "Restored",
                        {bad_json, missing_field, invalid_field, not_found}),
        read_endpoint("/api/v1/bus/audit",
                      "busAudit",
                      "Actions of operators, newest first.",
                      "Audit",
                      {invalid_field},
                      page),
        read_endpoint("/api/v1/bus/ledger",
                      "busLedger",
                      "Ledger rows, newest first.",
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
