#pragma once

// What commands read: files that people wrote, or standard input.

#include "base/error.hpp"
#include "base/uuid.hpp"

#include <string>
#include <string_view>

namespace rotacast::app {

/// The whole file; `-` is standard input. `unavailable`, naming the file.
Result<std::string> read_input(const std::string& file);

/// The same without the line end that editors leave: passwords, keys.
Result<std::string> read_secret_line(const std::string& file);

/// For CLI11's check(): empty when `text` is a UUID, else what is wrong.
std::string check_uuid(const std::string& text);

}  // namespace rotacast::app
