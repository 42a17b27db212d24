#include "app/commands/input.hpp"
#include "app/commands/refusal.hpp"
#include "app/commands/server_client.hpp"
#include "app/commands/table.hpp"
#include "events/catalogue.hpp"
#include "reflect/json.hpp"

#include <CLI/App.hpp>

#include <chrono>
#include <cstdio>

namespace rotacast::app {
namespace {

constexpr std::chrono::seconds patience{30};

struct PublishOptions {
    std::string file = "-";
    ServerFlags server;
    std::string broadcast;
    std::string idempotency_key;
    bool strict = false;
};

/// An event may have been stored though its publisher was not told. With its key it is not stored
/// twice, and this command does not repeat by itself.
Error with_key(Error error, const std::string& key) {
    error.message += "\n  to repeat it so that it is stored once, add --idempotency-key " + key;
    return error;
}

/// The server refused for now, or ended; the same request may succeed later.
bool may_succeed_later(unsigned status) {
    return status == 429 || status >= 500;
}

Result<void> run_publish(const PublishOptions& options) {
    const auto server = ServerClient::open(options.server);
    if (!server) return server.error();
    auto events = read_input(options.file);
    if (!events) return events.error();
    if (const auto parsed = reflect::parse_json(*events); !parsed) return parsed.error();
    auto target = options.broadcast.empty() ? std::string("/api/v1/events")
                                            : "/api/v1/broadcast/" + options.broadcast;
    if (options.strict) target += "?strict=true";
    const auto key =
        options.idempotency_key.empty() ? to_string(Uuid::random()) : options.idempotency_key;
    const auto reply = server->send(
        http::verb::post, target, {{"Idempotency-Key", key}}, std::move(*events), patience);
    if (!reply) return with_key(reply.error(), key);
    if (reply->status < 200 || reply->status > 299) {
        Error refused{ErrorCode::bad_request, refusal_text(reply->status, reply->body), ""};
        return may_succeed_later(reply->status) ? with_key(std::move(refused), key) : refused;
    }
    std::printf("%s\n", reply->body.c_str());
    return {};
}

std::string check_broadcast(const std::string& type) {
    const auto* known = events::find_type(type);
    if (known && known->kind == events::Kind::broadcast) return {};
    const auto near = events::nearest_type(type, events::Kind::broadcast);
    return type + " is no client event" +
           (near.empty() ? std::string() : "; did you mean " + std::string(near) + "?");
}

}  // namespace

void declare_publish(CLI::App& app, Invocation& invocation) {
    const auto options = std::make_shared<PublishOptions>();
    app.add_option("FILE", options->file, "JSON: one event or an array; standard input if absent")
        ->type_name("");
    options->server.declare_with_api_key(app);
    app.add_option(
           "--broadcast", options->broadcast, "Publish a client event of this type directly")
        ->check(check_broadcast)
        ->type_name("TYPE");
    app.add_option("--idempotency-key",
                   options->idempotency_key,
                   "Makes the request safe to repeat; random if absent")
        ->type_name("TEXT");
    app.add_flag("--strict",
                 options->strict,
                 "Publish nothing if a field would be ignored, or if no client would see an event");
    on_chosen(app, invocation, [options] { return run_publish(*options); });
}

}  // namespace rotacast::app
