#pragma once

// Reads the input of commands: files, or standard input.

#include "base/error.hpp"
#include "base/uuid.hpp"

#include <string>
#include <string_view>

namespace rotacast::app {

/// Reads the whole file; `-` is standard input. Error: `unavailable`, naming the file.
Result<std::string> read_input(const std::string& file);

/// The same without the final line end that editors add: for passwords and keys.
Result<std::string> read_secret_line(const std::string& file);

/// For CLI11's check(): returns an empty string if `text` is a UUID, else what is wrong with it.
std::string check_uuid(const std::string& text);

}  // namespace rotacast::app
