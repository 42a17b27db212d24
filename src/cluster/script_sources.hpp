#pragma once

// The scripts that run in Redis: scripts/*.lua. Those that read their arguments in order are behind
// arguments.lua, those of the order also behind prelude.lua.

#include <string_view>

namespace rotacast::cluster {

// Live as long as the process.
extern const std::string_view hello_script;
extern const std::string_view restore_script;
extern const std::string_view append_script;
extern const std::string_view sign_of_life_script;
extern const std::string_view trim_script;
extern const std::string_view exchange_facts_script;
extern const std::string_view exchange_notes_script;
extern const std::string_view hold_duties_script;
extern const std::string_view write_copy_script;

}  // namespace rotacast::cluster
