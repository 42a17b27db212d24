#include "app/page_routes.hpp"

#include "app/embedded_files.hpp"
#include "base/log.hpp"
#include "http/accept.hpp"

namespace rotacast::app {
namespace {

using http::field;

constexpr std::string_view graphql_schema_path = "/schema.graphql";

/// Whether If-None-Match names the tag; compared weakly, because a proxy that compresses makes tags
/// weak (RFC 9110 §13.1.2).
bool names_tag(std::string_view if_none_match, std::string_view etag) {
    for (auto at = if_none_match.find(etag); at != std::string_view::npos;
         at = if_none_match.find(etag, at + 1)) {
        const auto before = if_none_match.substr(0, at);
        if (before.empty() || before.ends_with(' ') || before.ends_with(',') ||
            before.ends_with("W/"))
            return true;
    }
    return if_none_match == "*";
}

/// Another content coding is another representation and needs its own tag (RFC 9110 §8.8.3.3).
std::string packed_etag(std::string_view etag) {
    etag.remove_suffix(1);
    return std::string(etag) + "-gzip\"";
}

net::asio::awaitable<http::Response> page_response(const EmbeddedFile& file,
                                                   std::string_view security_policy,
                                                   http::RequestContext& context) {
    const bool packed =
        file.unpacked_bytes != 0 &&
        http::accepts_coding(context.joined_header(field::accept_encoding, ","), "gzip");
    const auto etag = packed ? packed_etag(file.etag) : std::string(file.etag);
    const bool known = names_tag(context.joined_header(field::if_none_match, ","), etag);
    auto response = http::content_response(
        known ? http::status::not_modified : http::status::ok, file.content_type, "");
    if (!known) response.body() = packed ? std::string(file.body) : content_of(file);
    if (packed && !known) response.set(field::content_encoding, "gzip");
    if (file.unpacked_bytes != 0) response.set(field::vary, "Accept-Encoding");
    response.set(field::etag, etag);
    response.set(field::cache_control, "no-cache");
    response.set("Content-Security-Policy", security_policy);
    co_return response;
}

void add_files(http::Router& router,
               std::span<const EmbeddedFile> files,
               std::string_view security_policy) {
    for (const auto& file : files)
        router.add(
            http::verb::get, file.path, [&file, security_policy](http::RequestContext& context) {
                return page_response(file, security_policy, context);
            });
}

net::asio::awaitable<http::Response> absent(std::string_view reason) {
    co_return http::error_response({ErrorCode::not_found, std::string(reason), ""});
}

/// Answers 404 with this sentence. The text has static lifetime.
void add_absent(http::Router& router, std::string_view path, std::string_view reason) {
    router.add(http::verb::get, path, [reason](http::RequestContext&) { return absent(reason); });
}

}  // namespace

void add_demo_page_routes(http::Router& router) {
    add_files(router, demo_page_files(), demo_page_security_policy);
}

void add_graphiql_routes(http::Router& router) {
    add_files(router, graphiql_files(), graphiql_security_policy);
    if (!graphiql_files().empty()) return;
    log::info("graphql.graphiql is on, but this build does not contain GraphiQL");
    add_absent(
        router,
        "/graphiql",
        "This build does not contain GraphiQL. Install npm, run `make graphiql`, rebuild and "
        "restart.");
}

void add_contract_routes(http::Router& router, bool schema_is_restricted) {
    for (const auto& file : contract_files())
        if (file.path != graphql_schema_path || !schema_is_restricted)
            add_files(router, {&file, 1}, contract_security_policy);
    if (schema_is_restricted)
        add_absent(router,
                   graphql_schema_path,
                   "This server does not show its GraphQL schema to everybody "
                   "(graphql.introspection).");
}

void add_docs_page_routes(http::Router& router) {
    add_files(router, docs_page_files(), docs_page_security_policy);
    if (!docs_page_files().empty()) return;
    log::info("docs is on, but this build does not contain Swagger UI");
    add_absent(
        router,
        "/docs",
        "This build does not contain Swagger UI. Install npm, run `make swagger-ui`, rebuild "
        "and restart.");
}

}  // namespace rotacast::app
