#include "contract/components.hpp"
#include "contract/examples.hpp"
#include "contract/openapi_parts.hpp"
#include "graphql/engine.hpp"
#include "graphql/graphql_error.hpp"
#include "http/problem.hpp"

#include <boost/json/parse.hpp>

#include <string>
#include <utility>

namespace rotacast::contract {
namespace {

json::object header_reference(std::string_view name) {
    return {{"$ref", "#/components/headers/" + std::string(name)}};
}

json::object header(std::string_view type, std::string_view text) {
    return {{"description", text}, {"schema", {{"type", type}}}};
}

/// The headers of a response with this status (http::error_response).
json::object headers_of(const Endpoint& endpoint, std::string_view status) {
    json::object out{{"X-Request-ID", header_reference("RequestId")}};
    if (status == "401") out["WWW-Authenticate"] = header_reference("Authenticate");
    if (status == "405") out["Allow"] = header_reference("Allow");
    if (status == "429" || status == "503") out["Retry-After"] = header_reference("RetryAfter");
    if (status != endpoint.status) return out;
    if (endpoint.answer == "Tokens" || endpoint.id == "logout")
        out["Set-Cookie"] = header_reference("SessionCookie");
    if (tag_of(endpoint.path) == "Contract") out["ETag"] = header_reference("EntityTag");
    return out;
}

/// The body of a response that reports this error, in this media type.
json::value error_example(const Endpoint& endpoint, ErrorCode code, std::string_view media_type) {
    const Error error{code, std::string(info(code).advice), ""};
    if (media_type == http::problem_type) {
        const auto status = static_cast<unsigned>(info(code).http_status);
        return json::parse(http::problem_json(error, status, std::string(endpoint.path) + "#r-1"));
    }
    return json::parse(endpoint.refusal == "GraphqlAnswer"
                           ? graphql::refusal_text({graphql::to_graphql_error(error)})
                           : to_json(error));
}

json::object new_refusal(const Endpoint& endpoint, std::string_view status) {
    json::object forms;
    const auto add = [&](std::string_view media_type, std::string_view schema) {
        forms[media_type] = {{"schema", schema_reference(schema)}, {"examples", json::object{}}};
    };
    add("application/json", endpoint.refusal);
    if (endpoint.refusal == "Error") add(http::problem_type, "Problem");
    return {{"description", ""},
            {"headers", headers_of(endpoint, status)},
            {"content", std::move(forms)}};
}

/// Several errors may share a status: the description lists their names with what to do.
void add_refusal(json::object& out, const Endpoint& endpoint, ErrorCode code) {
    const auto& refusal = info(code);
    const auto status = std::to_string(refusal.http_status);
    if (!out.contains(status)) out[status] = new_refusal(endpoint, status);
    auto& response = out[status].as_object();
    auto text = std::string(response.at("description").as_string());
    if (!text.empty()) text += '\n';
    text += '`' + std::string(refusal.name) + "`: " + std::string(refusal.advice);
    response["description"] = text;
    for (auto& [media_type, body] : response.at("content").as_object())
        body.at("examples").as_object()[refusal.name] = {
            {"value", error_example(endpoint, code, media_type)}};
}

json::object accepted(const Endpoint& endpoint, const json::object& schemas) {
    json::object out{{"description", "Done."}, {"headers", headers_of(endpoint, endpoint.status)}};
    json::object answers;
    if (!endpoint.answer.empty())
        answers[endpoint.answer_type] = content(endpoint.answer, endpoint.answer_type, schemas);
    for (const auto& other : endpoint.other_answers)
        answers[other.media_type] = content(other.name, other.media_type, schemas);
    if (!answers.empty()) out["content"] = std::move(answers);
    return out;
}

}  // namespace

json::object content(std::string_view schema,
                     std::string_view media_type,
                     const json::object& schemas) {
    json::object out{{"schema", schema_reference(schema)}};
    const bool has_example = media_type.find("json") != std::string_view::npos ||
                             media_type == "application/x-www-form-urlencoded";
    if (has_example) out["example"] = example_of(schemas.at(schema).as_object(), schemas, schema);
    return out;
}

json::object responses(const Endpoint& endpoint, const json::object& schemas) {
    json::object out{{endpoint.status, accepted(endpoint, schemas)}};
    for (const auto& other : endpoint.other_statuses)
        out[other.status] = {{"description", other.text},
                             {"headers", headers_of(endpoint, other.status)}};
    for (const auto code : endpoint.refusals) add_refusal(out, endpoint, code);
    if (!endpoint.request.empty()) add_refusal(out, endpoint, ErrorCode::unsupported_media_type);
    return out;
}

json::object response_headers() {
    return {
        {"RequestId",
         header("string", "The request's X-Request-ID, or a new one; it is in the server's log.")},
        {"RetryAfter", header("integer", "Seconds to wait before the next attempt.")},
        {"Authenticate", header("string", "`Bearer` (RFC 6750).")},
        {"Allow", header("string", "The methods that the path has.")},
        {"SessionCookie",
         header("string", "The cookie `access_token`, HttpOnly; empty to end it.")},
        {"EntityTag", header("string", "For If-None-Match.")}};
}

}  // namespace rotacast::contract
