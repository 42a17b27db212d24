// /graphql over HTTP, also as streams. Its queries are described by schema.graphql.

#include "contract/endpoint.hpp"
#include "contract/schema_parts.hpp"

namespace rotacast::contract {
namespace {

using enum ErrorCode;

constexpr std::string_view graphql_path = "/graphql";
constexpr std::string_view answer_type = "application/graphql-response+json";

const std::vector<ErrorCode>& token_refusals() {
    static const std::vector<ErrorCode> codes{unauthenticated,
                                              token_invalid,
                                              token_expired,
                                              token_revoked,
                                              user_inactive,
                                              origin_refused};
    return codes;
}

std::vector<ErrorCode> token_refusals_and(std::vector<ErrorCode> more) {
    more.insert(more.end(), token_refusals().begin(), token_refusals().end());
    return more;
}

Parameter stream_token() {
    return {"token", "string", "Of a reserved stream; or the header X-GraphQL-Event-Stream-Token."};
}

/// The part that GET and POST have in common. The response may be a stream.
Endpoint graphql_endpoint(std::string_view method, std::string_view id, std::string_view text) {
    Endpoint made{method, graphql_path, id, text, Who::user, "", "", "GraphqlAnswer", {}};
    made.refusals = token_refusals_and({bad_request,
                                        missing_field,
                                        not_found,
                                        conflict,
                                        not_acceptable,
                                        too_large,
                                        too_many_connections,
                                        too_many_upgrades,
                                        unavailable});
    made.answer_type = answer_type;
    made.refusal = "GraphqlAnswer";
    made.other_answers = {{"application/json", "GraphqlAnswer"},
                          {"text/event-stream", "Stream"},
                          {"multipart/mixed;subscriptionSpec=1.0", "Stream"}};
    return made;
}

Endpoint graphql_by_post() {
    auto made = graphql_endpoint("post",
                                 "graphql",
                                 "Run a query or mutation; with `Accept: text/event-stream` or "
                                 "`multipart/mixed;subscriptionSpec=1.0` also a subscription. With "
                                 "the token of a reserved stream, add the "
                                 "operation named by `extensions.operationId` to that stream.");
    made.request = "GraphqlRequest";
    made.request_type = "application/json";
    made.refusals.push_back(bad_json);
    made.other_statuses.push_back({"202", "The operation was added to the reserved stream."});
    made.parameters = {stream_token()};
    return made;
}

Endpoint graphql_by_get() {
    auto made =
        graphql_endpoint("get",
                         "graphqlByQuery",
                         "Run a query, given in the URL; with `Accept: text/event-stream` or "
                         "`multipart/mixed;subscriptionSpec=1.0` also a subscription, or open the "
                         "reserved stream named by `token`.");
    made.refusals.push_back(method_not_allowed);
    made.parameters = {{"query", "string", "The document."},
                       {"operationName", "string", "Which of its operations."},
                       {"variables", "string", "A JSON object."},
                       {"extensions", "string", "A JSON object."},
                       stream_token()};
    return made;
}

Endpoint reserve() {
    Endpoint made{"put",
                  graphql_path,
                  "reserveGraphqlStream",
                  "Reserve a stream for several operations (single connection mode of "
                  "graphql-sse). Open it within 30 seconds.",
                  Who::user,
                  "",
                  "",
                  "GraphqlStreamToken",
                  token_refusals_and({too_many_connections, unavailable})};
    made.answer_type = "text/plain";
    made.status = "201";
    made.refusal = "GraphqlAnswer";
    return made;
}

Endpoint end_operation() {
    Endpoint made{"delete",
                  graphql_path,
                  "endGraphqlOperation",
                  "End an operation of an open reserved stream. The stream's token authenticates.",
                  Who::anybody,
                  "",
                  "",
                  "Nothing",
                  {bad_request, not_found}};
    made.answer_type = "text/plain";
    made.refusal = "GraphqlAnswer";
    made.parameters = {{"operationId", "string", "Its identifier."}, stream_token()};
    return made;
}

json::object any_object(std::string_view what) {
    return {{"type", {"object", "null"}}, {"description", what}};
}

}  // namespace

const std::vector<Endpoint>& graphql_endpoints() {
    static const std::vector<Endpoint> table{
        graphql_by_post(), graphql_by_get(), reserve(), end_operation()};
    return table;
}

json::object graphql_schemas() {
    auto error =
        object_of({{"message", text("What to correct.")},
                   {"locations", list_of({{"type", "object"}})},
                   {"path", list_of(json::object{{"type", {"string", "integer"}}})},
                   {"extensions", any_object("`code` and `name` of the server's own errors.")}},
                  {"message"});
    return {{"GraphqlRequest",
             object_of({{"query", text("The document.")},
                        {"operationName", {{"type", {"string", "null"}}}},
                        {"variables", any_object("By their names.")},
                        {"extensions", any_object("`operationId` on a reserved stream.")}},
                       {"query"})},
            {"GraphqlAnswer",
             object_of({{"data", any_object("By response keys.")},
                        {"errors", list_of(named("GraphqlError", std::move(error)))},
                        {"extensions", any_object("Further information, such as a gap.")}},
                       {})},
            {"GraphqlStreamToken", text("Identifies the stream and authenticates its user.")},
            {"Nothing", text("Empty.")}};
}

}  // namespace rotacast::contract
