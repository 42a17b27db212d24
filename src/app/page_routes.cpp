#include "app/page_routes.hpp"

#include "app/embedded_files.hpp"
#include "base/log.hpp"
#include "http/accept.hpp"

namespace rotacast::app {
namespace {

using http::field;

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
    const bool known = context.header(field::if_none_match) == etag;
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

net::asio::awaitable<http::Response> left_out(http::RequestContext&) {
    co_return http::error_response({ErrorCode::not_found,
                                    "This build does not contain GraphiQL. Install npm, run `make "
                                    "graphiql`, rebuild and restart.",
                                    ""});
}

}  // namespace

void add_demo_page_routes(http::Router& router) {
    add_files(router, demo_page_files(), demo_page_security_policy);
}

void add_graphiql_routes(http::Router& router) {
    add_files(router, graphiql_files(), graphiql_security_policy);
    if (!graphiql_files().empty()) return;
    log::info("graphql.graphiql is on, but this build does not contain GraphiQL");
    router.add(http::verb::get, "/graphiql", left_out);
}

}  // namespace rotacast::app
