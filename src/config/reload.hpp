#pragma once

// Which settings a running server can change (SIGHUP), and which it reads only at its start.

#include "config/settings.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace rotacast::config {

/// Whether a running server applies a changed value of this setting.
bool is_reloadable(std::string_view key);

/// Keys, in the order of the settings.
struct Changes {
    std::vector<std::string> applied;
    std::vector<std::string> waiting;  ///< for the next start
};

/// Copies to `running` the values of `wanted` that can change. TLS cannot be turned on or off, but
/// its files may be others.
Changes apply_reloadable(Config& running, const Config& wanted);

}  // namespace rotacast::config
