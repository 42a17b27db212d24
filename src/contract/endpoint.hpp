#pragma once

// Describes the HTTP endpoints in tables, from which the OpenAPI document is generated.

#include "base/error.hpp"

#include <string_view>
#include <vector>

namespace rotacast::contract {

enum class Who { anybody, user, publisher, scraper };

/// A parameter in the path or in the query.
struct Parameter {
    std::string_view name;
    std::string_view type;  ///< a type of JSON Schema
    std::string_view text;
};

/// The schema of a request or a response of one media type.
struct Schema {
    std::string_view media_type;
    std::string_view name;
};

struct Status {
    std::string_view status;
    std::string_view text;
};

/// `request` and response are names of schemas (openapi_schemas).
struct Endpoint {
    std::string_view method;
    std::string_view path;
    std::string_view id;
    std::string_view text;
    Who who;
    std::string_view request;  ///< empty: none
    std::string_view request_type;
    std::string_view answer;
    std::vector<ErrorCode> refusals;
    /// query parameters, each a UUID that may be repeated
    std::vector<std::string_view> query = {};
    std::string_view answer_type = "application/json";
    bool resumes = false;  ///< accepts a cursor, in the query or as Last-Event-ID
    std::string_view status = "200";
    std::vector<Parameter> parameters = {};
    std::string_view refusal = "Error";
    /// Responses of other media types.
    std::vector<Schema> other_answers = {};
    /// Statuses that no error code has.
    std::vector<Status> other_statuses = {};
    /// Requests of other media types.
    std::vector<Schema> other_requests = {};
};

/// The errors that every operators' endpoint may return, and `more`.
std::vector<ErrorCode> operator_refusals(const std::vector<ErrorCode>& more);

/// The operators' endpoints: /api/v1/bus and /api/v1/server.
const std::vector<Endpoint>& bus_endpoints();

/// /graphql.
const std::vector<Endpoint>& graphql_endpoints();

/// /api/v1/webhooks.
const std::vector<Endpoint>& webhook_endpoints();

/// The documents of this contract.
const std::vector<Endpoint>& document_endpoints();

}  // namespace rotacast::contract
