#pragma once

// The process's only logger. Writes to standard error, because standard output belongs to commands.
// Never pass it a token, a password or a client's payload: log identifiers, not contents.

#include <spdlog/spdlog.h>

#include <string_view>

namespace rotacast::log {

using spdlog::debug;
using spdlog::error;
using spdlog::info;
using spdlog::warn;

/// Sets the format and the level (trace, debug, info, warning, error, off). Call once, before
/// starting threads.
void start(std::string_view level);

/// Changes the level. Thread-safe.
void set_level(std::string_view level);

}  // namespace rotacast::log
