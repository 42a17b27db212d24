// Administration of webhook receivers: /api/v1/webhooks.

#include "api/await_result.hpp"
#include "api/operator_route.hpp"
#include "api/routes.hpp"
#include "reflect/encode.hpp"
#include "webhooks/webhooks.hpp"

#include <string>
#include <utility>

namespace rotacast::api {
namespace {

using http::Response;
using net::asio::awaitable;
using webhooks::Webhooks;

/// What a handler receives.
struct Asked {
    Webhooks& webhooks;
    http::RequestContext& context;
    const std::string& who;
};
using WebhookHandler = awaitable<Response> (*)(Asked asked);

/// Everything except the closing brace.
std::string open_text(const webhooks::Webhook& webhook) {
    std::string out;
    reflect::encode(out, webhook, {});
    out.pop_back();
    return out;
}

std::string webhook_status_text(const webhooks::WebhookStatus& status) {
    auto out = open_text(status.webhook) + ",\"progress\":";
    reflect::encode(out, status.progress, {});
    return out + '}';
}

std::string webhooks_text(const std::vector<webhooks::WebhookStatus>& list) {
    std::string out;
    for (const auto& status : list) out += (out.empty() ? "" : ",") + webhook_status_text(status);
    return "{\"webhooks\":[" + out + "]}";
}

std::string webhook_text(const webhooks::Webhook& webhook) {
    return open_text(webhook) + '}';
}

/// The only responses that contain a secret.
std::string secret_text(const webhooks::StoredWebhook& stored) {
    auto out = open_text(stored.webhook) + ",\"secret\":";
    append_json_string(out, stored.secrets.current);
    return out + '}';
}

awaitable<Response> list(Asked asked) {
    auto work = [asked] { return asked.webhooks.list(); };
    const auto all = co_await net::on_worker(asked.webhooks.pool(), std::move(work));
    co_return respond(all, webhooks_text);
}

awaitable<Response> show(Asked asked) {
    auto work = [asked] { return asked.webhooks.find(asked.context.path_parameter); };
    const auto found = co_await net::on_worker(asked.webhooks.pool(), std::move(work));
    co_return respond(found, webhook_status_text);
}

awaitable<Response> add(Asked asked) {
    const auto document = reflect::parse_json(asked.context.request.body());
    if (!document) co_return http::error_response(document.error());
    auto input = webhooks::read_webhook(*document);
    if (!input) co_return http::error_response(input.error());
    auto work = [asked, &input] { return asked.webhooks.add(std::move(*input), asked.who); };
    const auto made = co_await net::on_worker(asked.webhooks.pool(), std::move(work));
    co_return respond(made, secret_text, http::status::created);
}

awaitable<Response> change(Asked asked) {
    const auto document = reflect::parse_json(asked.context.request.body());
    if (!document) co_return http::error_response(document.error());
    auto work = [asked, &document] {
        return asked.webhooks.change(asked.context.path_parameter, *document, asked.who);
    };
    const auto changed = co_await net::on_worker(asked.webhooks.pool(), std::move(work));
    co_return respond(changed, webhook_text);
}

awaitable<Response> remove(Asked asked) {
    auto work = [asked] { return asked.webhooks.remove(asked.context.path_parameter, asked.who); };
    const auto done = co_await net::on_worker(asked.webhooks.pool(), std::move(work));
    if (!done) co_return http::error_response(done.error());
    std::string text = "{\"removed\":";
    append_json_string(text, asked.context.path_parameter);
    co_return http::json_response(http::status::ok, text + '}');
}

/// Without a body the new secret is generated here.
awaitable<Response> rotate(Asked asked) {
    const std::string& body = asked.context.request.body();
    const auto document = reflect::parse_json(body.empty() ? "{}" : body);
    if (!document) co_return http::error_response(document.error());
    auto secret = webhooks::read_rotation(*document);
    if (!secret) co_return http::error_response(secret.error());
    auto work = [asked, &secret] {
        return asked.webhooks.rotate(asked.context.path_parameter, std::move(*secret), asked.who);
    };
    const auto rotated = co_await net::on_worker(asked.webhooks.pool(), std::move(work));
    co_return respond(rotated, secret_text);
}

/// The receiver's response is reported in the body: the status is 200 whatever the receiver
/// responded.
awaitable<Response> test(Asked asked) {
    auto begin = [asked](auto resume) {
        auto job = [asked, resume](net::JobQueue::Turn turn) {
            if (turn == net::JobQueue::Turn::cancelled) return resume(net::queue_is_full());
            asked.webhooks.test(asked.context.path_parameter, asked.who, resume);
        };
        if (!asked.webhooks.pool().try_post(std::move(job))) resume(net::queue_is_full());
    };
    const auto result = co_await api::await_result<webhooks::TestResult>(std::move(begin));
    const auto write = [](const webhooks::TestResult& told) {
        std::string out;
        reflect::encode(out, told, {});
        return out;
    };
    co_return respond(result, write);
}

}  // namespace

void add_webhook_routes(http::Router& router, live::CredentialCheck& check, Webhooks& webhooks) {
    using enum http::verb;
    const auto route = [&](http::verb method, const char* below, WebhookHandler handler) {
        const auto answer = [&webhooks, handler](http::RequestContext& context,
                                                 const std::string& who) {
            return handler({webhooks, context, who});
        };
        add_operator_route(router, check, method, std::string("/api/v1/webhooks") + below, answer);
    };
    route(get, "", list);
    route(post, "", add);
    route(get, "/{name}", show);
    route(patch, "/{name}", change);
    route(delete_, "/{name}", remove);
    route(post, "/{name}/rotate", rotate);
    route(post, "/{name}/test", test);
}

}  // namespace rotacast::api
