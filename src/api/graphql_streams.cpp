#include "api/graphql_streams.hpp"

#include "api/live_request.hpp"
#include "execution/stream_reservations.hpp"
#include "graphql/schema.hpp"
#include "net/offload.hpp"

#include <chrono>
#include <utility>

namespace rotacast::api {
namespace {

using execution::StreamReservations;
using http::Response;
using http::status;
using net::asio::awaitable;

constexpr std::string_view token_header = "X-GraphQL-Event-Stream-Token";

Response plain(status code, std::string_view text) {
    return http::content_response(code, "text/plain; charset=utf-8", std::string(text));
}

Response refuse_stream(execution::Environment& environment, const Error& error) {
    environment.supervision.refusals.count(error.code);
    return graphql_refusal(GraphqlMedia::json, error);
}

Error no_stream() {
    return {ErrorCode::not_found, "There is no such stream.", ""};
}

/// Counts the stream for the address and for the user.
Result<live::AdmissionTicket> admit(execution::Environment& environment,
                                    const http::RequestContext& context,
                                    const auth::Principal& principal) {
    auto& admission = environment.supervision.admission;
    auto ticket = admission.admit(context.remote_address, std::chrono::steady_clock::now());
    if (!ticket) return Error{error_of(ticket.error()), "", ""};
    auto by_user = admission.admit(principal.user_id);
    if (!by_user) return Error{error_of(by_user.error()), "", ""};
    ticket->join(std::move(*by_user));
    return std::move(*ticket);
}

std::unique_ptr<execution::Stream> stream_of(execution::Environment& environment,
                                             const http::RequestContext& context,
                                             GraphqlMedia media,
                                             auth::Principal principal,
                                             live::AdmissionTicket ticket,
                                             graphql::Request request) {
    const auto& encoder = media == GraphqlMedia::multipart ? graphql::multipart_encoder()
                                                           : graphql::sse_distinct_encoder();
    return std::make_unique<execution::Stream>(environment,
                                               context.loop,
                                               std::move(principal),
                                               std::move(ticket),
                                               encoder,
                                               std::move(request));
}

bool is_mutation(const execution::Environment& environment,
                 const auth::Principal& principal,
                 const graphql::Request& request) {
    const auto prepared = graphql::prepare(
        graphql::schema(), request, environment.operation_rules.limits_for(principal));
    return prepared.operation && prepared.operation->kind() == graphql::OperationKind::mutation;
}

/// The operation's identifier from `extensions`.
std::string operation_id_of(const graphql::Request& request) {
    const auto* id = request.extensions.if_contains("operationId");
    return id && id->is_string() ? std::string(id->get_string()) : std::string();
}

// Verifies the user again, who may have lost access since the reservation.
awaitable<http::StreamAnswer> open_reserved(execution::Environment& environment,
                                            http::RequestContext& context,
                                            std::string token) {
    auto& reservations = environment.stream_reservations;
    const auto claimed = reservations.claim(token, std::chrono::steady_clock::now());
    if (claimed.claim == StreamReservations::Claim::taken)
        co_return refuse_stream(environment,
                                {ErrorCode::conflict, "The stream is open already.", ""});
    if (claimed.claim == StreamReservations::Claim::unknown)
        co_return refuse_stream(environment, no_stream());
    auto& check = environment.credential_check;
    auto look_again = [&authenticator = check.authenticator, principal = *claimed.principal]() {
        return authenticator.admit_again(principal, now());
    };
    auto principal = co_await net::on_worker(check.directory_pool, std::move(look_again));
    auto ticket = principal ? admit(environment, context, *principal)
                            : Result<live::AdmissionTicket>(principal.error());
    if (!ticket) {
        reservations.set_handle(token, context.loop, nullptr);
        co_return refuse_stream(environment, ticket.error());
    }
    co_return std::make_unique<execution::Stream>(
        environment,
        context.loop,
        std::move(*principal),
        std::move(*ticket),
        [&reservations, &loop = context.loop, token](execution::Stream::Handle handle) {
            reservations.set_handle(token, loop, std::move(handle));
        });
}

awaitable<Response> reserve(execution::Environment& environment, http::RequestContext& context) {
    const auto principal = co_await authenticate_asker(environment, context);
    if (!principal) co_return refuse_stream(environment, principal.error());
    const auto token =
        environment.stream_reservations.reserve(*principal, std::chrono::steady_clock::now());
    if (!token) co_return refuse_stream(environment, {ErrorCode::too_many_connections, "", ""});
    co_return plain(status::created, *token);
}

awaitable<Response> end_operation(execution::Environment& environment,
                                  http::RequestContext& context) {
    const auto token = stream_token_in(context);
    const auto id = context.query("operationId");
    if (!token || !id)
        co_return refuse_stream(
            environment,
            {ErrorCode::bad_request, "Name the stream by its token, and the `operationId`.", ""});
    const bool open = environment.stream_reservations.on_stream(
        *token, [operation = std::string(*id)](execution::Stream* stream) {
            if (stream) stream->stop(operation);
        });
    if (!open) co_return refuse_stream(environment, no_stream());
    co_return plain(status::ok, "");
}

}  // namespace

// Also from the query, because a browser's EventSource cannot set headers.
std::optional<std::string> stream_token_in(const http::RequestContext& context) {
    if (const auto header = context.header(token_header)) return std::string(*header);
    const auto query = context.query("token");
    if (query && Uuid::parse(*query)) return std::string(*query);
    return std::nullopt;
}

awaitable<http::StreamAnswer> open_graphql_stream(execution::Environment& environment,
                                                  http::RequestContext& context,
                                                  GraphqlMedia media) {
    const bool post = context.request.method() == http::verb::post;
    const auto token = stream_token_in(context);
    if (token && !post && media == GraphqlMedia::event_stream) {
        auto opened = co_await open_reserved(environment, context, *token);
        co_return opened;
    }
    if (post && !carries_json(context))
        co_return refuse_stream(
            environment,
            {ErrorCode::unsupported_media_type, "Send application/json in UTF-8.", ""});
    auto principal = co_await authenticate_asker(environment, context);
    if (!principal) co_return refuse_stream(environment, principal.error());
    auto ticket = admit(environment, context, *principal);
    if (!ticket) co_return refuse_stream(environment, ticket.error());
    auto refused = co_await context.read_body();
    if (refused) co_return std::move(*refused);
    auto request = graphql_request_of(context);
    if (!request) co_return refuse_stream(environment, request.error());
    if (!post && is_mutation(environment, *principal, *request))
        co_return refuse_stream(environment,
                                {ErrorCode::method_not_allowed, "Send mutations by POST.", ""});
    co_return stream_of(environment,
                        context,
                        media,
                        std::move(*principal),
                        std::move(*ticket),
                        std::move(*request));
}

http::StreamAnswer graphql_stream_for(execution::Environment& environment,
                                      const http::RequestContext& context,
                                      GraphqlMedia media,
                                      auth::Principal principal,
                                      graphql::Request request) {
    auto ticket = admit(environment, context, principal);
    if (!ticket) return refuse_stream(environment, ticket.error());
    return stream_of(
        environment, context, media, std::move(principal), std::move(*ticket), std::move(request));
}

awaitable<Response> add_to_graphql_stream(execution::Environment& environment,
                                          http::RequestContext& context) {
    const auto token = stream_token_in(context);
    if (!carries_json(context))
        co_return refuse_stream(
            environment,
            {ErrorCode::unsupported_media_type, "Send application/json in UTF-8.", ""});
    // The token itself authenticates whoever reserved the stream.
    if (!environment.stream_reservations.on_stream(*token, [](execution::Stream*) {}))
        co_return refuse_stream(environment, no_stream());
    auto refused = co_await context.read_body();
    if (refused) co_return std::move(*refused);
    auto request = graphql_request_of(context);
    if (!request) co_return refuse_stream(environment, request.error());
    auto id = operation_id_of(*request);
    if (id.empty())
        co_return refuse_stream(
            environment, {ErrorCode::bad_request, "Name the operation in `extensions`.", ""});
    auto begin = [&](auto resume) {
        auto job = [resume, id, wanted = std::move(*request)](execution::Stream* stream) {
            if (!stream)
                resume(Result<void>(no_stream()));
            else if (!stream->start(id, wanted))
                resume(Result<void>(
                    Error{ErrorCode::conflict, "An operation has this identifier already.", ""}));
            else
                resume(Result<void>());
        };
        if (!environment.stream_reservations.on_stream(*token, std::move(job)))
            resume(Result<void>(no_stream()));
    };
    const auto begun = co_await net::resumed_by<Result<void>>(std::move(begin));
    if (!begun) co_return refuse_stream(environment, begun.error());
    co_return plain(status::accepted, "");
}

void add_graphql_stream_routes(http::Router& router,
                               execution::Environment& environment,
                               std::string_view path) {
    router.add(http::verb::put, path, [&environment](http::RequestContext& context) {
        return reserve(environment, context);
    });
    router.add(http::verb::delete_, path, [&environment](http::RequestContext& context) {
        return end_operation(environment, context);
    });
}

}  // namespace rotacast::api
