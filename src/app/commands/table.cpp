#include "app/commands/table.hpp"

namespace rotacast::app {

const std::vector<Command>& commands() {
    static const std::vector<Command> table{
        {"serve", "Serve until SIGTERM or SIGINT", declare_serve},
        {"demo", "Serve a made-up programme that lives, to look at", declare_demo},
        {"user", "Add, list and change users", declare_user},
        {"key", "Make, list and revoke keys of publishers", declare_key},
        {"token", "Print an access token for a user", declare_token},
        {"publish", "Publish events to a running server", declare_publish},
        {"tail", "Print the journal as it grows", declare_tail},
        {"dead-letters", "Look at what handlers failed at, and put it away", declare_dead_letters},
        {"replay", "Hand dead letters to their handlers again", declare_replay},
        {"webhook", "Send events to receivers outside", declare_webhook},
        {"drain", "End a running server in good order", declare_drain},
        {"check-config",
         "Print the configuration in effect and where it comes from",
         declare_check_config},
        {"contract", "Write the machine-readable contract", declare_contract},
    };
    return table;
}

}  // namespace rotacast::app
