#pragma once

// The scripts that run in Redis: scripts/*.lua, each with scripts/prelude.lua before it.

#include <string_view>

namespace rotacast::cluster {

// Live as long as the process.
extern const std::string_view hello_script;
extern const std::string_view restore_script;
extern const std::string_view append_script;
extern const std::string_view sign_of_life_script;
extern const std::string_view trim_script;

}  // namespace rotacast::cluster
