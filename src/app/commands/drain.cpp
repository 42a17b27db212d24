#include "app/commands/operator_client.hpp"
#include "app/commands/table.hpp"
#include "app/commands/text_table.hpp"

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>

#include <cstdio>
#include <optional>

namespace rotacast::app {
namespace {

struct DrainFlags {
    std::optional<std::int64_t> window_s;
    std::string reason;
};

Result<void> run_drain(const OperatorFlags& flags, const DrainFlags& drain) {
    const auto client = OperatorClient::open(flags);
    if (!client) return client.error();
    reflect::json::object body;
    if (drain.window_s) body["window_s"] = *drain.window_s;
    if (!drain.reason.empty()) body["reason"] = drain.reason;
    const auto answer = client->post("/server/drain", body);
    if (!answer) return answer.error();
    const auto at = [&](std::string_view pointer) { return cell_text(answer->value, pointer); };
    const auto text = flags.json ? answer->text
                                 : "going down: " + at("/connections") + " connections within " +
                                       at("/window_s") + " seconds";
    std::printf("%s\n", text.c_str());
    return {};
}

}  // namespace

void declare_drain(CLI::App& app, Invocation& invocation) {
    const auto flags = OperatorFlags::add(app, "an admin's");
    const auto drain = std::make_shared<DrainFlags>();
    app.add_option("--window",
                   drain->window_s,
                   "Close connections over this time instead of the server's drain_window_s")
        ->check(CLI::Range(0, 3600))
        ->type_name("SECONDS");
    app.add_option("--reason", drain->reason, "Stored in the audit")->type_name("TEXT");
    on_chosen(app, invocation, [flags, drain] { return run_drain(*flags, *drain); });
}

}  // namespace rotacast::app
