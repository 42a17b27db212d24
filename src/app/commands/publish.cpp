#include "app/commands/input.hpp"
#include "app/commands/refusal.hpp"
#include "app/commands/table.hpp"
#include "events/catalogue.hpp"
#include "http/intake_client.hpp"
#include "reflect/json.hpp"

#include <CLI/App.hpp>

#include <cstdio>

namespace rotacast::app {
namespace {

struct PublishOptions {
    std::string file = "-";
    std::string url = "http://127.0.0.1:8080";
    std::string api_key_file;
    std::string broadcast;
    std::string idempotency_key;
    bool strict = false;
};

Result<void> run_publish(const PublishOptions& options) {
    auto key = read_secret_line(options.api_key_file);
    if (!key) return key.error();
    auto events = read_input(options.file);
    if (!events) return events.error();
    if (const auto parsed = reflect::parse_json(*events); !parsed) return parsed.error();
    auto target = options.broadcast.empty() ? std::string("/api/v1/events")
                                            : "/api/v1/broadcast/" + options.broadcast;
    if (options.strict) target += "?strict=true";
    http::IntakeClient client(options.url, std::move(*key));
    const auto reply = client.post(
        target,
        options.idempotency_key.empty() ? to_string(Uuid::random()) : options.idempotency_key,
        std::move(*events));
    if (!reply)
        return Error{ErrorCode::unavailable,
                     "no answer from " + options.url + "; is a server running there?",
                     ""};
    if (reply->status < 200 || reply->status > 299)
        return Error{ErrorCode::bad_request,
                     refusal_text(static_cast<unsigned>(reply->status), reply->body),
                     ""};
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
    app.add_option("--url", options->url, "The server [" + options->url + "]")->type_name("URL");
    app.add_option("--api-key-file", options->api_key_file, "File with a key of `rotacast key add`")
        ->required()
        ->type_name("FILE");
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
