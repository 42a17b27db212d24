#include "app/commands/table.hpp"

namespace rotacast::app {

const std::vector<Command>& commands() {
    static const std::vector<Command> table{
        {"serve", "Run the server until SIGTERM or SIGINT", declare_serve},
        {"demo", "Run the server with a simulated programme, to try it out", declare_demo},
        {"user", "Add, list and change users", declare_user},
        {"key", "Create, list and revoke API keys of publishers", declare_key},
        {"token", "Print an access token for a user", declare_token},
        {"publish", "Publish events to a running server", declare_publish},
        {"tail", "Print the journal as it grows, from the database file", declare_tail},
        {"dead-letters", "List, show, discard and restore dead letters", declare_dead_letters},
        {"replay", "Handle dead letters, or a range of the journal, again", declare_replay},
        {"webhook", "Manage webhooks: events posted to URLs", declare_webhook},
        {"nodes", "List the nodes of a cluster", declare_nodes},
        {"drain", "Drain and stop a running server", declare_drain},
        {"check-config",
         "Print the effective configuration and where each value comes from",
         declare_check_config},
        {"contract", "Write the generated contract (AsyncAPI, OpenAPI, schemas)", declare_contract},
    };
    return table;
}

}  // namespace rotacast::app
