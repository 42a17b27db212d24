#include "app/commands/dead_letter_flags.hpp"
#include "app/commands/operator_client.hpp"
#include "app/commands/table.hpp"
#include "app/commands/text_table.hpp"

#include <CLI/App.hpp>

#include <chrono>
#include <cstdio>
#include <thread>

namespace rotacast::app {
namespace {

constexpr std::chrono::milliseconds ask_again_after{500};

struct ReplayFlags {
    std::string from;
    std::string to;
    bool wait = false;
};

/// `replay 7 (subscriber=audit): 40 letters, 12 done, 1 failed again, 0 discarded`
std::string line_of(const reflect::json::value& replay) {
    const auto at = [&](std::string_view pointer) { return cell_text(replay, pointer); };
    auto line = "replay " + at("/id") + " (" + at("/selection") + "): " + at("/letters") +
                " letters, " + at("/done") + " done, " + at("/failed") + " failed again, " +
                at("/discarded") + " discarded";
    if (const auto unread = at("/entries_unread"); unread != "0")
        line += ", " + unread + " entries to look at";
    return line;
}

bool is_finished(const OperatorAnswer& answer) {
    return cell_text(answer.value, "/finished") == "true";
}

/// Prints each change of the progress to standard error until the replay is finished.
Result<OperatorAnswer> wait_for(const OperatorClient& client, OperatorAnswer answer) {
    const auto path = "/bus/replays/" + cell_text(answer.value, "/id");
    std::string told;
    while (!is_finished(answer)) {
        if (const auto line = line_of(answer.value); line != told) {
            std::fprintf(stderr, "%s\n", line.c_str());
            told = line;
        }
        std::this_thread::sleep_for(ask_again_after);
        auto next = client.get(path);
        if (!next) return next.error();
        answer = std::move(*next);
    }
    return answer;
}

/// A replay with deliveries that failed again makes the command fail.
Result<void> require_success(const OperatorAnswer& answer) {
    const auto failed = cell_text(answer.value, "/failed");
    if (failed == "0") return {};
    return Error{ErrorCode::conflict,
                 failed + " are dead letters again; `rotacast dead-letters groups` says why",
                 ""};
}

Result<void> run_replay(const OperatorFlags& flags,
                        const DeadLetterFlags& letters,
                        const ReplayFlags& replay) {
    const auto client = OperatorClient::open(flags);
    if (!client) return client.error();
    auto body = letters.body();
    if (!replay.from.empty()) body["from"] = replay.from;
    if (!replay.to.empty()) body["to"] = replay.to;
    auto answer = client->post("/bus/replays", body);
    if (answer && replay.wait) answer = wait_for(*client, std::move(*answer));
    if (!answer) return answer.error();
    const auto text = flags.json ? answer->text : line_of(answer->value);
    std::printf("%s\n", text.c_str());
    return require_success(*answer);
}

}  // namespace

void declare_replay(CLI::App& app, Invocation& invocation) {
    const auto flags = OperatorFlags::add(app);
    const auto letters = DeadLetterFlags::add_selection(app);
    const auto replay = std::make_shared<ReplayFlags>();
    app.add_option("--from",
                   replay->from,
                   "Replay the journal after this cursor, for --subscriber; needs --to")
        ->type_name("CURSOR");
    app.add_option("--to", replay->to, "The last event of that range")->type_name("CURSOR");
    app.add_flag("--wait",
                 replay->wait,
                 "Wait until it is finished; exit status 1 if deliveries failed again");
    on_chosen(app, invocation, [flags, letters, replay] {
        return run_replay(*flags, *letters, *replay);
    });
}

}  // namespace rotacast::app
