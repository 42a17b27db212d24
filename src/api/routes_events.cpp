// Publishing by back ends: POST /api/v1/events, POST /api/v1/broadcast/{client_event}.

#include "api/credentials.hpp"
#include "api/publishing.hpp"
#include "api/routes.hpp"
#include "base/hex.hpp"
#include "base/json_text.hpp"
#include "events/event.hpp"
#include "net/offload.hpp"
#include "reflect/json.hpp"

#include <boost/json/array.hpp>
#include <openssl/evp.h>

#include <array>
#include <span>

namespace rotacast::api {
namespace {

using events::Decoded;

constexpr std::size_t idempotency_key_length_max = 255;
constexpr std::size_t user_agent_length_max = 256;

std::string sha256(std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha256(), nullptr);
    return to_hex(std::span(digest).first(length));
}

struct Intake {
    std::vector<Decoded> events;
    bool is_array = false;  ///< error paths begin with the event's index
};

Intake intake_of(Decoded&& one) {
    Intake intake;
    intake.events.push_back(std::move(one));
    return intake;
}

Result<Intake> decode_events(std::string_view body, std::size_t events_max) {
    const auto document = reflect::parse_json(body);
    if (!document) return document.error();
    const auto* array = document->if_array();
    if (!array) {
        auto single = events::decode_envelope(*document, "");
        if (!single) return single.error();
        return intake_of(std::move(*single));
    }
    if (array->empty()) return Error{ErrorCode::empty_request, "", ""};
    if (array->size() > events_max)
        return Error{ErrorCode::too_many_events,
                     "At most " + std::to_string(events_max) + " events go into one request.",
                     ""};
    Intake intake;
    intake.is_array = true;
    intake.events.reserve(array->size());
    for (std::size_t i = 0; i < array->size(); ++i) {
        auto one = events::decode_envelope((*array)[i], '/' + std::to_string(i));
        if (!one) return one.error();
        intake.events.push_back(std::move(*one));
    }
    return intake;
}

Result<Intake> decode_one_broadcast(const std::string& type, std::string_view body) {
    const auto document = reflect::parse_json(body);
    if (!document) return document.error();
    auto one = events::decode_broadcast(type, *document);
    if (!one) return one.error();
    return intake_of(std::move(*one));
}

void append_string_list(std::string& out, const std::vector<std::string>& texts) {
    out += '[';
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (i != 0) out += ',';
        append_json_string(out, texts[i]);
    }
    out += ']';
}

// {"events":[{"event_id","cursor","duplicate"}],"ignored":[pointer…],"unseen":[pointer…]}
std::string answer_text(const bus::Receipts& receipts, const std::vector<std::string>& ignored) {
    std::vector<std::string> unseen;
    for (std::size_t i = 0; i < receipts.size(); ++i)
        for (const auto& member : receipts[i].unseen)
            unseen.push_back(receipts.size() > 1 ? '/' + std::to_string(i) + member : member);
    std::string out = "{\"events\":[";
    for (std::size_t i = 0; i < receipts.size(); ++i) {
        out += i == 0 ? "{\"event_id\":\"" : ",{\"event_id\":\"";
        append_uuid(out, receipts[i].event_id);
        out += "\",\"cursor\":";
        append_json_string(out, to_string(bus::Cursor{receipts[i].epoch, {receipts[i].offset}}));
        out += receipts[i].duplicate ? ",\"duplicate\":true}" : ",\"duplicate\":false}";
    }
    out += "],\"ignored\":";
    append_string_list(out, ignored);
    out += ",\"unseen\":";
    append_string_list(out, unseen);
    out += '}';
    return out;
}

Result<std::optional<std::string>> idempotency_key(const http::RequestContext& context) {
    const auto key = context.header("Idempotency-Key");
    if (!key) return std::optional<std::string>{};
    if (key->empty() || key->size() > idempotency_key_length_max)
        return Error{ErrorCode::bad_request, "Idempotency-Key takes 1 to 255 bytes.", ""};
    return std::optional<std::string>(*key);
}

/// Removes the event's index from the path if the client sent a single object and not an array.
Error as_sent(Error error, bool is_array) {
    constexpr std::string_view first = "/0/";
    if (!is_array && error.path.starts_with(first)) error.path.erase(0, first.size() - 1);
    return error;
}

bus::Origin origin_of(const Publisher& publisher, const http::RequestContext& context) {
    bus::Origin origin{publisher.name, publisher.user_id, {}, {}, {}};
    origin.ip_address = context.remote_address.to_string();
    if (const auto agent = context.header(http::field::user_agent))
        origin.user_agent = std::string(agent->substr(0, user_agent_length_max));
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
                                                     const Publisher& publisher,
                                                     Result<Intake> intake) {
    if (!intake) co_return http::error_response(intake.error());
    auto key = idempotency_key(context);
    if (!key) co_return http::error_response(key.error());

    bus::PublishRequest request;
    request.origin = origin_of(publisher, context);
    if (*key) request.content_digest = sha256(context.target.path + '\n' + context.request.body());
    request.idempotency_key = std::move(*key);
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
    if (!receipts) co_return http::error_response(as_sent(receipts.error(), intake->is_array));
    co_return http::json_response(http::status::ok, answer_text(*receipts, ignored));
}

net::asio::awaitable<http::Response> publish_events(live::CredentialCheck& check,
                                                    Publishing& publishing,
                                                    http::RequestContext& context) {
    const auto publisher = co_await authenticate_publisher(check, context);
    if (!publisher) co_return http::error_response(publisher.error());
    auto refused = co_await context.read_body();
    if (refused) co_return std::move(*refused);
    auto decoded = decode_events(context.request.body(), publishing.intake_events_max);
    co_return co_await publish_decoded(publishing, context, *publisher, std::move(decoded));
}

net::asio::awaitable<http::Response> publish_broadcast(live::CredentialCheck& check,
                                                       Publishing& publishing,
                                                       http::RequestContext& context) {
    const auto publisher = co_await authenticate_publisher(check, context);
    if (!publisher) co_return http::error_response(publisher.error());
    auto refused = co_await context.read_body();
    if (refused) co_return std::move(*refused);
    auto decoded = decode_one_broadcast(context.path_parameter, context.request.body());
    co_return co_await publish_decoded(publishing, context, *publisher, std::move(decoded));
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
