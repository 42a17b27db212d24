#include "api/graphql_http.hpp"

#include "http/accept.hpp"
#include "reflect/json.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/rfc7230.hpp>

#include <algorithm>
#include <array>
#include <iterator>
#include <span>
#include <vector>

namespace rotacast::api {
namespace {

namespace json = graphql::json;
namespace beast = boost::beast;
using beast::iequals;

// In the order of GraphqlMedia, which is our order of preference. Clients that accept anything have
// always been sent application/json.
constexpr std::array<std::string_view, 4> media_types{"application/json",
                                                      "application/graphql-response+json",
                                                      "text/event-stream",
                                                      "multipart/mixed;subscriptionSpec=1.0"};
constexpr std::span document_types = std::span(media_types).first<2>();
constexpr std::span stream_types = std::span(media_types).last<2>();

std::optional<GraphqlMedia> best_media(std::string_view accept,
                                       std::span<const std::string_view> offered) {
    const auto best = http::best_of(accept, offered);
    if (!best) return std::nullopt;
    return static_cast<GraphqlMedia>(std::ranges::find(media_types, *best) - media_types.begin());
}

/// Only a stream that is named: who sends `*/*` waits for the end of the response.
std::optional<GraphqlMedia> best_stream(std::string_view accept) {
    std::vector<std::string_view> named;
    std::ranges::copy_if(stream_types, std::back_inserter(named), [&](std::string_view type) {
        return http::names(accept, type);
    });
    return best_media(accept, named);
}

Result<json::object> object_in(std::string_view text, std::string_view name) {
    const auto value = reflect::parse_json(text);
    if (!value || !value->is_object())
        return Error{ErrorCode::bad_request,
                     '`' + std::string(name) + "` takes a JSON object.",
                     '/' + std::string(name)};
    return value->get_object();
}

Result<graphql::Request> request_in_query(const http::RequestContext& context) {
    json::object request;
    for (const auto* name : {"query", "operationName"})
        if (const auto text = context.query(name)) request.emplace(name, *text);
    for (const auto* name : {"variables", "extensions"}) {
        const auto text = context.query(name);
        if (!text || text->empty()) continue;
        auto object = object_in(*text, name);
        if (!object) return object.error();
        request.emplace(name, std::move(*object));
    }
    return graphql::decode_request(json::value(std::move(request)));
}

std::string_view content_type_of(GraphqlMedia media) {
    return media == GraphqlMedia::graphql_response
               ? "application/graphql-response+json; charset=utf-8"
               : "application/json; charset=utf-8";
}

}  // namespace

Result<WantedMedia> wanted_media(const http::RequestContext& context) {
    const auto accept = context.joined_header(http::field::accept, ",");
    auto best = best_media(accept, media_types);
    if (!best)
        return Error{ErrorCode::not_acceptable,
                     "Accept application/graphql-response+json or application/json; for "
                     "subscriptions text/event-stream or multipart/mixed;subscriptionSpec=1.0.",
                     ""};
    if (best == GraphqlMedia::multipart)
        best = best_media(accept, document_types).value_or(GraphqlMedia::multipart);
    return WantedMedia{*best, best_stream(accept)};
}

bool carries_json(const http::RequestContext& context) {
    if (!iequals(http::media_type_of(context.request), "application/json")) return false;
    const std::string_view type = context.request[http::field::content_type];
    const beast::http::param_list parameters(type.substr(std::min(type.find(';'), type.size())));
    return std::ranges::none_of(parameters, [](const auto& parameter) {
        return iequals(parameter.first, "charset") && !iequals(parameter.second, "utf-8");
    });
}

Result<graphql::Request> graphql_request_of(const http::RequestContext& context) {
    if (context.request.method() != http::verb::post) return request_in_query(context);
    const auto body = reflect::parse_json(context.request.body());
    if (!body) return body.error();
    return graphql::decode_request(*body);
}

http::Response graphql_response(GraphqlMedia media, http::status status, std::string text) {
    return http::content_response(status, content_type_of(media), std::move(text));
}

http::Response graphql_refusal(GraphqlMedia media, const Error& error) {
    const auto status = static_cast<http::status>(info(error.code).http_status);
    auto response = http::error_response(error);
    auto told =
        graphql_response(media, status, graphql::refusal_text({graphql::to_graphql_error(error)}));
    for (const auto field : {http::field::www_authenticate, http::field::retry_after})
        if (const auto found = response.find(field); found != response.end())
            told.set(field, found->value());
    return told;
}

}  // namespace rotacast::api
