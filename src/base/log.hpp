#pragma once

// One logger for the whole process, on standard error. Standard output belongs to commands.
// Never pass a token, a password or a client's payload to it: name the thing, not its text.

#include <spdlog/spdlog.h>

#include <string_view>

namespace rotacast::log {

using spdlog::debug;
using spdlog::error;
using spdlog::info;
using spdlog::warn;

/// Sets format and level (trace, debug, info, warning, error, off). Call once, before threads.
void start(std::string_view level);

/// Another level, at any time. Thread: any.
void set_level(std::string_view level);

}  // namespace rotacast::log
