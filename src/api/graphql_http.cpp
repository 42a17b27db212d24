#include "api/graphql_http.hpp"

#include "reflect/json.hpp"

#include <algorithm>
#include <cctype>

namespace rotacast::api {
namespace {

namespace json = graphql::json;

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
    while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
    return text;
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (auto& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

/// Calls `see(part)` for each part of a list, trimmed.
template <class See>
void for_each_part(std::string_view list, char separator, See see) {
    for (std::size_t begin = 0; begin <= list.size();) {
        const auto end = std::min(list.find(separator, begin), list.size());
        see(trimmed(list.substr(begin, end - begin)));
        begin = end + 1;
    }
}

bool excluded(std::string_view parameters) {
    bool zero = false;
    for_each_part(parameters, ';', [&](std::string_view parameter) {
        zero |= parameter == "q=0" || parameter == "q=0.0";
    });
    return zero;
}

GraphqlMedia media_of(std::string_view type) {
    if (type == "application/graphql-response+json") return GraphqlMedia::graphql_response;
    if (type == "application/json" || type == "*/*" || type == "application/*")
        return GraphqlMedia::json;
    if (type == "text/event-stream") return GraphqlMedia::event_stream;
    if (type == "text/html") return GraphqlMedia::html;
    return GraphqlMedia::none;
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

GraphqlMedia wanted_media(const http::RequestContext& context) {
    const auto accept = lower(context.joined_header(http::field::accept, ","));
    if (trimmed(accept).empty()) return GraphqlMedia::json;
    auto wanted = GraphqlMedia::none;
    for_each_part(accept, ',', [&](std::string_view range) {
        const auto end = std::min(range.find(';'), range.size());
        if (wanted != GraphqlMedia::none || excluded(range.substr(end))) return;
        wanted = media_of(trimmed(range.substr(0, end)));
    });
    return wanted;
}

bool carries_json(const http::RequestContext& context) {
    const auto type = lower(context.header(http::field::content_type).value_or(""));
    bool good = false;
    std::size_t part = 0;
    for_each_part(type, ';', [&](std::string_view text) {
        if (part++ == 0)
            good = text == "application/json";
        else if (text.starts_with("charset="))
            good = good && (text == "charset=utf-8" || text == "charset=\"utf-8\"");
    });
    return good;
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
