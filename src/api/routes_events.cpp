// Publishing by back ends: POST /api/v1/events, POST /api/v1/broadcast/{client_event}.

#include "api/credentials.hpp"
#include "api/intake.hpp"
#include "api/publishing.hpp"
#include "api/routes.hpp"
#include "base/hex.hpp"
#include "base/json_text.hpp"
#include "net/offload.hpp"

#include <openssl/evp.h>

#include <array>
#include <span>

namespace rotacast::api {
namespace {

constexpr std::size_t idempotency_key_length_max = 255;
constexpr std::size_t user_agent_length_max = 256;

std::string sha256(std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha256(), nullptr);
    return to_hex(std::span(digest).first(length));
}

void append_string_list(std::string& out, const std::vector<std::string>& texts) {
    out += '[';
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (i != 0) out += ',';
        append_json_string(out, texts[i]);
    }
    out += ']';
}

std::vector<std::string> unseen_paths(const bus::Receipts& receipts, const Intake& intake) {
    std::vector<std::string> paths;
    for (std::size_t i = 0; i < receipts.size(); ++i)
        for (const auto& member : receipts[i].unseen) paths.push_back(intake.path_of(i, member));
    return paths;
}

// {"events":[{"event_id","cursor","duplicate"}],"ignored":[pointer…],"unseen":[pointer…]}; an event
// without a place in the order has "ordered":false.
std::string answer_text(const bus::Receipts& receipts,
                        const std::vector<std::string>& ignored,
                        const std::vector<std::string>& unseen) {
    std::string out = "{\"events\":[";
    for (std::size_t i = 0; i < receipts.size(); ++i) {
        out += i == 0 ? R"({"event_id":")" : R"(,{"event_id":")";
        append_uuid(out, receipts[i].event_id);
        out += R"(","cursor":)";
        append_json_string(out, to_string(bus::Cursor{receipts[i].epoch, {receipts[i].offset}}));
        out += receipts[i].duplicate ? ",\"duplicate\":true" : ",\"duplicate\":false";
        out += receipts[i].ordered ? "}" : ",\"ordered\":false}";
    }
    out += "],\"ignored\":";
    append_string_list(out, ignored);
    out += ",\"unseen\":";
    append_string_list(out, unseen);
    out += '}';
    return out;
}

Result<std::optional<std::string>> idempotency_key(const http::RequestContext& context) {
    if (context.request.count("Idempotency-Key") > 1)
        return Error{ErrorCode::bad_request, "Send one Idempotency-Key header.", ""};
    const auto key = context.header("Idempotency-Key");
    if (!key) return std::optional<std::string>{};
    if (key->empty() || key->size() > idempotency_key_length_max)
        return Error{ErrorCode::bad_request, "Idempotency-Key takes 1 to 255 bytes.", ""};
    return std::optional<std::string>(*key);
}

/// `?strict=true` adds to what the key says, and cannot take it back.
Result<bool> is_strict(const Publisher& publisher, const http::RequestContext& context) {
    const auto said = context.query("strict");
    if (!said || *said == "false") return publisher.strict;
    if (*said == "true") return true;
    return Error{ErrorCode::bad_request, "`strict` is true or false.", ""};
}

/// What the head of a request decides: who publishes, and how.
struct Intent {
    Publisher publisher;
    bool strict = false;
    std::optional<std::string> idempotency_key;
};

Result<Intent> intent_of(Result<Publisher> publisher, const http::RequestContext& context) {
    if (!publisher) return publisher.error();
    const auto strict = is_strict(*publisher, context);
    if (!strict) return strict.error();
    auto key = idempotency_key(context);
    if (!key) return key.error();
    return Intent{std::move(*publisher), *strict, std::move(*key)};
}

/// What the sender itself said: an X-Request-ID of our own making is known to nobody else.
events::ProvenancePtr provenance_of(const http::RequestContext& context) {
    events::Provenance provenance;
    if (context.request.count("traceparent") == 1)
        events::keep_trace(
            provenance, *context.header("traceparent"), context.joined_header("tracestate", ","));
    if (const auto id = http::sent_request_id(context.request))
        provenance.request_id = std::string(*id);
    return events::shared(std::move(provenance));
}

bus::Origin origin_of(const Publisher& publisher, const http::RequestContext& context) {
    bus::Origin origin{publisher.name, publisher.user_id, {}, {}, {}, {}};
    origin.ip_address = context.remote_address.to_string();
    if (const auto agent = context.header(http::field::user_agent))
        origin.user_agent = std::string(agent->substr(0, user_agent_length_max));
    origin.provenance = provenance_of(context);
    return origin;
}

/// Publishes and waits for the commit.
net::asio::awaitable<Result<bus::Receipts>> publish(bus::Bus& bus, bus::PublishRequest&& request) {
    auto shared = std::make_shared<bus::PublishRequest>(std::move(request));
    return net::resumed_by<Result<bus::Receipts>>([&bus, shared](auto resume) {
        bus.publish(std::move(*shared),
                    [resume](Result<bus::Receipts> r) { resume(std::move(r)); });
    });
}

net::asio::awaitable<http::Response> publish_decoded(Publishing& publishing,
                                                     http::RequestContext& context,
                                                     Intent intent,
                                                     Result<Intake> intake) {
    if (!intake) co_return http::error_response(intake.error());
    if (intent.strict)
        if (const auto nothing = refuse_ignored(*intake); !nothing)
            co_return http::error_response(nothing.error());

    bus::PublishRequest request;
    request.refuse_unseen = intent.strict;
    request.origin = origin_of(intent.publisher, context);
    if (intent.idempotency_key)
        request.content_digest =
            sha256(context.target.path + '\n' + intake->attributes + context.request.body());
    request.idempotency_key = std::move(intent.idempotency_key);
    std::vector<std::string> ignored;
    for (std::size_t i = 0; i < intake->events.size(); ++i) {
        auto& one = intake->events[i];
        ignored.insert(ignored.end(), one.ignored.begin(), one.ignored.end());
        if (one.expected_version)
            request.version_claims.push_back({i, std::move(*one.expected_version)});
        request.envelopes.push_back(std::move(one.envelope));
    }
    intake->events.clear();
    const auto receipts = co_await publish(publishing.bus, std::move(request));
    if (!receipts) co_return http::error_response(as_sent(receipts.error(), *intake));
    publishing.unseen_events.count(intent.publisher.name, *receipts);
    co_return http::json_response(
        http::status::ok, answer_text(*receipts, ignored, unseen_paths(*receipts, *intake)));
}

net::asio::awaitable<http::Response> publish_events(live::CredentialCheck& check,
                                                    Publishing& publishing,
                                                    http::RequestContext& context) {
    auto publisher = co_await authenticate_publisher(check, context);
    auto intent = intent_of(std::move(publisher), context);
    if (!intent) co_return http::error_response(intent.error());
    const auto form = cloud_event_form(context.request);
    if (!form) co_return http::error_response(form.error());
    auto refused = co_await context.read_body();
    if (refused) co_return std::move(*refused);
    auto decoded = decode_events(context, *form, publishing.intake_events_max);
    co_return co_await publish_decoded(publishing, context, std::move(*intent), std::move(decoded));
}

net::asio::awaitable<http::Response> publish_broadcast(live::CredentialCheck& check,
                                                       Publishing& publishing,
                                                       http::RequestContext& context) {
    auto publisher = co_await authenticate_publisher(check, context);
    auto intent = intent_of(std::move(publisher), context);
    if (!intent) co_return http::error_response(intent.error());
    auto refused = co_await context.read_body();
    if (refused) co_return std::move(*refused);
    auto decoded = decode_one_broadcast(context);
    co_return co_await publish_decoded(publishing, context, std::move(*intent), std::move(decoded));
}

}  // namespace

void add_event_routes(http::Router& router, live::CredentialCheck& check, Publishing& publishing) {
    router.add(
        http::verb::post, "/api/v1/events", [&check, &publishing](http::RequestContext& context) {
            return publish_events(check, publishing, context);
        });
    router.add(http::verb::post,
               "/api/v1/broadcast/{type}",
               [&check, &publishing](http::RequestContext& context) {
                   return publish_broadcast(check, publishing, context);
               });
}

}  // namespace rotacast::api
