#include "app/commands/dead_letter_flags.hpp"
#include "app/commands/print_answer.hpp"
#include "app/commands/table.hpp"
#include "app/commands/text_table.hpp"
#include "contract/contract.hpp"

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>

#include <cstdio>

namespace rotacast::app {
namespace {

namespace json = reflect::json;

const std::vector<Column>& dead_letter_columns() {
    static const std::vector<Column> columns{{"ID", "/id"},
                                             {"SUBSCRIBER", "/subscriber"},
                                             {"EVENT TYPE", "/event_type"},
                                             {"ERROR", "/error/name"},
                                             {"ATTEMPTS", "/attempts"},
                                             {"LAST FAILURE", "/last_failure"},
                                             {"MESSAGE", "/error/message"}};
    return columns;
}

const std::vector<Column>& group_columns() {
    static const std::vector<Column> columns{{"COUNT", "/count"},
                                             {"SUBSCRIBER", "/subscriber"},
                                             {"ERROR", "/error"},
                                             {"FIRST FAILURE", "/first_failure"},
                                             {"LAST FAILURE", "/last_failure"},
                                             {"ONE MESSAGE", "/message"}};
    return columns;
}

const std::vector<Column>& card_columns() {
    static const std::vector<Column> columns{{"id", "/id"},
                                             {"state", "/state"},
                                             {"reason", "/reason"},
                                             {"subscriber", "/subscriber"},
                                             {"event type", "/event_type"},
                                             {"event id", "/event_id"},
                                             {"cursor", "/cursor"},
                                             {"error", "/error/name"},
                                             {"message", "/error/message"},
                                             {"attempts", "/attempts"},
                                             {"first failure", "/first_failure"},
                                             {"last failure", "/last_failure"}};
    return columns;
}

/// The array at `key`; empty if there is none.
const json::array& list_at(const json::value& answer, std::string_view key) {
    static const json::array none;
    const auto* list = answer.as_object().if_contains(key);
    return list && list->is_array() ? list->get_array() : none;
}

/// Sends the request, then prints the response unchanged or with `print_for_people`.
template <class Ask, class Print>
Result<void> run(const OperatorFlags& flags, Ask ask, Print print_for_people) {
    const auto client = OperatorClient::open(flags);
    if (!client) return client.error();
    return print_answer(flags, ask(*client), print_for_people);
}

struct PageFlags {
    bool discarded = false;
    std::int64_t before = 0;
    std::int64_t limit = 100;
};

std::string state_of(bool discarded) {
    return discarded ? "discarded" : "";
}

void print_dead_letters(const json::value& answer) {
    print_text(table_text(dead_letter_columns(), list_at(answer, "dead_letters")));
    if (const auto next = cell_text(answer, "/next"); next != "-")
        std::fprintf(stderr, "there are more: --before %s\n", next.c_str());
}

void declare_list(CLI::App& app, Invocation& invocation) {
    const auto flags = OperatorFlags::add(app);
    const auto letters = DeadLetterFlags::add_filter(app);
    const auto page = std::make_shared<PageFlags>();
    app.add_flag("--discarded", page->discarded, "Discarded dead letters instead");
    app.add_option("--before", page->before, "Only dead letters with a smaller id")
        ->type_name("NUMBER");
    app.add_option("--limit", page->limit, "Most rows [100]")
        ->check(CLI::Range(1, 1000))
        ->type_name("NUMBER");
    on_chosen(app, invocation, [flags, letters, page] {
        auto query = letters->query();
        query.emplace_back("state", state_of(page->discarded));
        query.emplace_back("before", page->before == 0 ? "" : std::to_string(page->before));
        query.emplace_back("limit", std::to_string(page->limit));
        const auto ask = [&](const auto& client) {
            return client.get(with_query("/bus/dead-letters", query));
        };
        return run(*flags, ask, print_dead_letters);
    });
}

void declare_groups(CLI::App& app, Invocation& invocation) {
    const auto flags = OperatorFlags::add(app);
    const auto letters = DeadLetterFlags::add_filter(app);
    const auto discarded = std::make_shared<bool>(false);
    app.add_flag("--discarded", *discarded, "Discarded dead letters instead");
    on_chosen(app, invocation, [flags, letters, discarded] {
        auto query = letters->query();
        query.emplace_back("state", state_of(*discarded));
        const auto ask = [&](const auto& client) {
            return client.get(with_query("/bus/dead-letters/groups", query));
        };
        return run(*flags, ask, [](const json::value& answer) {
            print_text(table_text(group_columns(), list_at(answer, "groups")));
        });
    });
}

void print_card(const json::value& answer) {
    print_text(card_text(card_columns(), answer));
    if (const auto* event = answer.as_object().if_contains("event"); event && event->is_object())
        print_text("event\n" + contract::pretty(*event));
}

void declare_show(CLI::App& app, Invocation& invocation) {
    const auto flags = OperatorFlags::add(app);
    const auto id = std::make_shared<std::int64_t>(0);
    app.add_option("ID", *id, "The id of the dead letter")->required()->type_name("");
    on_chosen(app, invocation, [flags, id] {
        const auto ask = [&](const auto& client) {
            return client.get("/bus/dead-letters/" + std::to_string(*id));
        };
        return run(*flags, ask, print_card);
    });
}

void declare_discard(CLI::App& app, Invocation& invocation) {
    const auto flags = OperatorFlags::add(app);
    const auto letters = DeadLetterFlags::add_selection(app);
    const auto reason = std::make_shared<std::string>();
    app.add_option("--reason", *reason, "Stored with each dead letter")
        ->required()
        ->type_name("TEXT");
    on_chosen(app, invocation, [flags, letters, reason] {
        auto body = letters->body();
        body["reason"] = *reason;
        const auto ask = [&](const auto& client) { return client.post("/bus/discards", body); };
        return run(*flags, ask, [](const json::value& answer) {
            print_text("discarded " + cell_text(answer, "/discarded") + '\n');
        });
    });
}

void declare_restore(CLI::App& app, Invocation& invocation) {
    const auto flags = OperatorFlags::add(app);
    const auto letters = DeadLetterFlags::add_selection(app);
    on_chosen(app, invocation, [flags, letters] {
        const auto ask = [&](const auto& client) {
            return client.post("/bus/restores", letters->body());
        };
        return run(*flags, ask, [](const json::value& answer) {
            print_text("restored " + cell_text(answer, "/restored") + '\n');
        });
    });
}

}  // namespace

void declare_dead_letters(CLI::App& app, Invocation& invocation) {
    app.require_subcommand(1);
    declare_list(*app.add_subcommand("list", "List dead letters, newest first"), invocation);
    declare_groups(*app.add_subcommand("groups", "Count dead letters by subscriber and error"),
                   invocation);
    declare_show(*app.add_subcommand("show", "Show one dead letter with its event"), invocation);
    declare_discard(*app.add_subcommand("discard", "Discard dead letters; they can be restored"),
                    invocation);
    declare_restore(*app.add_subcommand("restore", "Restore discarded dead letters"), invocation);
}

}  // namespace rotacast::app
