#include "app/commands/dead_letter_flags.hpp"

#include "app/commands/input.hpp"

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>

#include <limits>

namespace rotacast::app {

std::shared_ptr<DeadLetterFlags> DeadLetterFlags::add_filter(CLI::App& app) {
    const auto flags = std::make_shared<DeadLetterFlags>();
    app.add_option("--subscriber", flags->subscriber, "Only those of this subscriber")
        ->type_name("NAME");
    app.add_option("--event-type", flags->event_type, "Only those of this event type")
        ->type_name("TYPE");
    app.add_option("--error", flags->error, "Only those with this error")->type_name("NAME");
    app.add_option("--event-id", flags->event_id, "Only those of this event")
        ->check(check_uuid)
        ->type_name("UUID");
    return flags;
}

std::shared_ptr<DeadLetterFlags> DeadLetterFlags::add_selection(CLI::App& app) {
    const auto flags = add_filter(app);
    app.add_option("--id", flags->id, "Only the dead letter with this id")
        ->check(CLI::Range(std::int64_t{1}, std::numeric_limits<std::int64_t>::max()))
        ->type_name("NUMBER");
    app.add_flag("--all", flags->all, "All dead letters; cannot be combined");
    return flags;
}

reflect::json::object DeadLetterFlags::body() const {
    reflect::json::object body;
    if (id != 0) body["id"] = id;
    for (const auto& [name, value] : query())
        if (!value.empty()) body[name] = value;
    if (all) body["all"] = true;
    return body;
}

std::vector<std::pair<std::string_view, std::string>> DeadLetterFlags::query() const {
    return {{"subscriber", subscriber},
            {"event_type", event_type},
            {"error", error},
            {"event_id", event_id}};
}

}  // namespace rotacast::app
