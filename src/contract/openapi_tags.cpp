#include "contract/openapi_parts.hpp"

namespace rotacast::contract {
namespace {

struct Tag {
    std::string_view name;
    std::string_view text;
};

constexpr Tag all_tags[] = {
    {"Authentication", "Logging in, refreshing a token, logging out."},
    {"Publishing", "Events that back ends publish."},
    {"Live", "Events as they happen, and who is online. WebSockets are in asyncapi.json."},
    {"GraphQL", "Queries, mutations and subscriptions; their schema is schema.graphql."},
    {"Bus", "Subscribers, dead letters and replays, for operators."},
    {"Webhooks", "Events sent to other servers, for operators."},
    {"Server", "Health, figures and draining."},
    {"Contract", "The documents that describe all this."},
};

struct Rule {
    std::string_view prefix;
    std::string_view tag;
};

// The first that fits counts.
constexpr Rule rules[] = {
    {"/api/v1/auth/", "Authentication"},
    {"/api/v1/events/stream", "Live"},
    {"/api/v1/presence", "Live"},
    {"/api/v1/events", "Publishing"},
    {"/api/v1/broadcast", "Publishing"},
    {"/graphql", "GraphQL"},
    {"/api/v1/bus", "Bus"},
    {"/api/v1/webhooks", "Webhooks"},
    {"/api/", "Server"},
    {"/health", "Server"},
    {"/readyz", "Server"},
    {"/metrics", "Server"},
    {"/", "Contract"},
};

}  // namespace

std::string_view tag_of(std::string_view path) {
    for (const auto& rule : rules)
        if (path.starts_with(rule.prefix)) return rule.tag;
    return {};
}

json::array tags() {
    json::array out;
    for (const auto& tag : all_tags)
        out.push_back(json::object{{"name", tag.name}, {"description", tag.text}});
    return out;
}

}  // namespace rotacast::contract
