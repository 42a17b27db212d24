#include "app/commands/input.hpp"
#include "app/commands/print_answer.hpp"
#include "app/commands/table.hpp"
#include "app/commands/text_table.hpp"

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>

#include <cstdio>
#include <optional>

namespace rotacast::app {
namespace {

namespace json = reflect::json;

/// A test waits for the receiver, and perhaps for other tests.
constexpr std::chrono::minutes test_timeout{5};

const std::vector<Column>& list_columns() {
    static const std::vector<Column> columns{{"NAME", "/name"},
                                             {"STATE", "/progress/state"},
                                             {"LAG", "/progress/lag"},
                                             {"WAITING", "/progress/waiting"},
                                             {"DEAD", "/progress/dead"},
                                             {"LAST ERROR", "/progress/last_error"},
                                             {"URL", "/url"}};
    return columns;
}

const std::vector<Column>& webhook_columns() {
    static const std::vector<Column> columns{{"name", "/name"},
                                             {"url", "/url"},
                                             {"types", "/types"},
                                             {"filter", "/filter"},
                                             {"timeout ms", "/timeout_ms"},
                                             {"format", "/format"},
                                             {"begins after", "/begins_after"},
                                             {"state", "/progress/state"},
                                             {"reason", "/progress/reason"},
                                             {"held until", "/progress/held_until"},
                                             {"lag", "/progress/lag"},
                                             {"waiting", "/progress/waiting"},
                                             {"dead letters", "/progress/dead"},
                                             {"last error", "/progress/last_error"},
                                             {"failing since", "/progress/failing_since"},
                                             {"created by", "/created_by"},
                                             {"created at", "/created_at"},
                                             {"updated at", "/updated_at"}};
    return columns;
}

std::string path_of(const std::string& name) {
    return "/webhooks/" + path_segment(name);
}

/// Prints the secret alone to standard output, so that it can be redirected to a file; the
/// explanation goes to standard error.
void print_secret(const json::value& answer) {
    std::fputs("the secret of this webhook (it is not shown again):\n", stderr);
    print_text(cell_text(answer, "/secret") + '\n');
}

/// Flags that `add` and `change` share.
struct WebhookFlags {
    std::vector<std::string> types;
    bool all_types = false;
    std::string filter;
    std::optional<std::int64_t> timeout_ms;
    std::string format;
    std::string secret_file;

    void declare(CLI::App& app) {
        app.add_option("--type", types, "Send events of this type; may be repeated")
            ->allow_extra_args(false)
            ->type_name("TYPE");
        app.add_option(
               "--filter", filter, R"(Send events whose fields have these values: {"role":["rn"]})")
            ->type_name("JSON");
        app.add_option("--timeout-ms", timeout_ms, "Time for the receiver to answer")
            ->type_name("NUMBER");
        app.add_option("--format",
                       format,
                       "rotacast (default), cloudevents-structured or cloudevents-binary")
            ->type_name("FORMAT");
        app.add_option("--secret-file", secret_file, "File with the signing secret")
            ->type_name("FILE");
    }

    Result<json::object> body() const {
        json::object body;
        if (!types.empty()) body["types"] = json::array(types.begin(), types.end());
        if (all_types) body["types"] = nullptr;
        if (timeout_ms) body["timeout_ms"] = *timeout_ms;
        if (!format.empty()) body["format"] = format;
        if (!filter.empty()) {
            auto value = reflect::parse_json(filter);
            if (!value) return Error{ErrorCode::bad_json, "--filter is no JSON", ""};
            body["filter"] = std::move(*value);
        }
        if (!secret_file.empty()) {
            const auto secret = read_secret_line(secret_file);
            if (!secret) return secret.error();
            body["secret"] = *secret;
        }
        return body;
    }
};

void declare_name(CLI::App& app, std::string& name) {
    app.add_option("NAME", name, "The webhook")->required()->type_name("");
}

void declare_webhook_list(CLI::App& app, Invocation& invocation) {
    const auto flags = OperatorFlags::add(app);
    on_chosen(app, invocation, [flags]() -> Result<void> {
        const auto client = OperatorClient::open(*flags);
        if (!client) return client.error();
        return print_answer(*flags, client->get("/webhooks"), [](const json::value& answer) {
            const auto* list = answer.as_object().if_contains("webhooks");
            if (list && list->is_array()) print_text(table_text(list_columns(), list->get_array()));
        });
    });
}

void declare_webhook_show(CLI::App& app, Invocation& invocation) {
    const auto flags = OperatorFlags::add(app);
    const auto name = std::make_shared<std::string>();
    declare_name(app, *name);
    on_chosen(app, invocation, [flags, name]() -> Result<void> {
        const auto client = OperatorClient::open(*flags);
        if (!client) return client.error();
        return print_answer(*flags, client->get(path_of(*name)), [](const json::value& answer) {
            print_text(card_text(webhook_columns(), answer));
        });
    });
}

void declare_webhook_add(CLI::App& app, Invocation& invocation) {
    struct Flags : WebhookFlags {
        std::string name;
        std::string receiver;
        std::string from;
        bool inactive = false;
    };
    const auto flags = OperatorFlags::add(app);
    const auto added = std::make_shared<Flags>();
    declare_name(app, added->name);
    app.add_option("RECEIVER", added->receiver, "The URL that events are posted to")
        ->required()
        ->type_name("");
    added->declare(app);
    app.add_option(
           "--from", added->from, "Start with now (default), beginning, or after this cursor")
        ->type_name("CURSOR");
    app.add_flag("--inactive", added->inactive, "Create it without sending anything");
    on_chosen(app, invocation, [flags, added]() -> Result<void> {
        auto body = added->body();
        if (!body) return body.error();
        (*body)["name"] = added->name;
        (*body)["url"] = added->receiver;
        if (added->inactive) (*body)["active"] = false;
        if (!added->from.empty()) (*body)["from"] = added->from;
        const auto client = OperatorClient::open(*flags);
        if (!client) return client.error();
        return print_answer(*flags, client->post("/webhooks", *body), print_secret);
    });
}

void declare_change(CLI::App& app, Invocation& invocation) {
    struct Flags : WebhookFlags {
        std::string name;
        std::string receiver;
        bool activate = false;
        bool deactivate = false;
    };
    const auto flags = OperatorFlags::add(app);
    const auto changed = std::make_shared<Flags>();
    declare_name(app, changed->name);
    app.add_option("--receiver", changed->receiver, "The URL that events are posted to")
        ->type_name("URL");
    changed->declare(app);
    app.add_flag("--all-types", changed->all_types, "Send events of every type")
        ->excludes("--type");
    app.add_flag("--activate", changed->activate, "Send again, starting where it stopped");
    app.add_flag("--deactivate", changed->deactivate, "Stop sending; events wait")
        ->excludes("--activate");
    on_chosen(app, invocation, [flags, changed]() -> Result<void> {
        auto body = changed->body();
        if (!body) return body.error();
        if (!changed->receiver.empty()) (*body)["url"] = changed->receiver;
        if (changed->activate || changed->deactivate) (*body)["active"] = changed->activate;
        const auto client = OperatorClient::open(*flags);
        if (!client) return client.error();
        return print_answer(
            *flags, client->patch(path_of(changed->name), *body), [&](const json::value&) {
                print_text("changed " + changed->name + '\n');
            });
    });
}

void declare_remove(CLI::App& app, Invocation& invocation) {
    const auto flags = OperatorFlags::add(app);
    const auto name = std::make_shared<std::string>();
    declare_name(app, *name);
    on_chosen(app, invocation, [flags, name]() -> Result<void> {
        const auto client = OperatorClient::open(*flags);
        if (!client) return client.error();
        return print_answer(*flags, client->remove(path_of(*name)), [&](const json::value&) {
            print_text("removed " + *name + '\n');
        });
    });
}

void declare_rotate(CLI::App& app, Invocation& invocation) {
    const auto flags = OperatorFlags::add(app);
    const auto name = std::make_shared<std::string>();
    const auto secret_file = std::make_shared<std::string>();
    declare_name(app, *name);
    app.add_option("--secret-file", *secret_file, "File with the new secret; random if absent")
        ->type_name("FILE");
    on_chosen(app, invocation, [flags, name, secret_file]() -> Result<void> {
        json::object body;
        if (!secret_file->empty()) {
            const auto secret = read_secret_line(*secret_file);
            if (!secret) return secret.error();
            body["secret"] = *secret;
        }
        const auto client = OperatorClient::open(*flags);
        if (!client) return client.error();
        return print_answer(*flags, client->post(path_of(*name) + "/rotate", body), print_secret);
    });
}

/// The command fails if the receiver rejects the test.
void declare_test(CLI::App& app, Invocation& invocation) {
    const auto flags = OperatorFlags::add(app);
    const auto name = std::make_shared<std::string>();
    declare_name(app, *name);
    on_chosen(app, invocation, [flags, name]() -> Result<void> {
        auto client = OperatorClient::open(*flags);
        if (!client) return client.error();
        client->set_timeout(test_timeout);
        const auto answer = client->post(path_of(*name) + "/test", {});
        auto told = print_answer(*flags, answer, [](const json::value& result) {
            if (cell_text(result, "/delivered") == "true")
                print_text("delivered: status " + cell_text(result, "/status") + " after " +
                           cell_text(result, "/took_ms") + " ms\n");
        });
        if (!told || cell_text(answer->value, "/delivered") == "true") return told;
        return Error{ErrorCode::unavailable,
                     "not delivered (" + cell_text(answer->value, "/error") +
                         "): " + cell_text(answer->value, "/message"),
                     ""};
    });
}

}  // namespace

void declare_webhook(CLI::App& app, Invocation& invocation) {
    app.require_subcommand(1);
    declare_webhook_list(*app.add_subcommand("list", "List webhooks and their progress"),
                         invocation);
    declare_webhook_add(*app.add_subcommand("add", "Add a webhook; prints its secret"), invocation);
    declare_webhook_show(*app.add_subcommand("show", "Show a webhook"), invocation);
    declare_change(*app.add_subcommand("change", "Change a webhook"), invocation);
    declare_remove(*app.add_subcommand("remove", "Remove a webhook with its deliveries"),
                   invocation);
    declare_rotate(*app.add_subcommand(
                       "rotate", "Replace the secret; for a day requests are signed with both"),
                   invocation);
    declare_test(*app.add_subcommand("test", "Send a test request and print the result"),
                 invocation);
}

}  // namespace rotacast::app
