#pragma once

// The HTTP endpoints as far as tables can say them.

#include "base/error.hpp"

#include <string_view>
#include <vector>

namespace rotacast::contract {

enum class Who { anybody, user, publisher };

/// In the path or in the query.
struct Parameter {
    std::string_view name;
    std::string_view type;  ///< of JSON Schema
    std::string_view text;
};

/// What an answer of this media type is.
struct Schema {
    std::string_view media_type;
    std::string_view name;
};

struct Status {
    std::string_view status;
    std::string_view text;
};

/// Request and answer are names of schemas (openapi_schemas).
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
    std::vector<std::string_view> query = {};  ///< parameters, each a UUID that may be repeated
    std::string_view answer_type = "application/json";
    bool resumes = false;  ///< takes a cursor, in the query or as Last-Event-ID
    std::string_view status = "200";
    std::vector<Parameter> parameters = {};
    std::string_view refusal = "Error";
    /// Other media types of the answer.
    std::vector<Schema> other_answers = {};
    /// Statuses that no refusal of ours names.
    std::vector<Status> other_statuses = {};
};

/// What every endpoint for operators may refuse with, and `more`.
std::vector<ErrorCode> operator_refusals(const std::vector<ErrorCode>& more);

/// /api/v1/bus and /api/v1/server: what operators ask and do.
const std::vector<Endpoint>& bus_endpoints();

/// /graphql.
const std::vector<Endpoint>& graphql_endpoints();

/// /api/v1/webhooks.
const std::vector<Endpoint>& webhook_endpoints();

}  // namespace rotacast::contract
