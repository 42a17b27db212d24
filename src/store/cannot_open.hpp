#pragma once

// What a person is told about a file that cannot be opened: its name and the system's reason. Such
// an error comes up while the server starts, or goes to the log.

#include "base/error.hpp"

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>

namespace rotacast::store {

/// `what` begins the sentence: "The lock file". `number` is errno as it was after the failure.
inline Error cannot_open(const std::string& what, const std::string& path, int number) {
    auto reason = std::generic_category().message(number);
    const auto folder = std::filesystem::path(path).parent_path();
    std::error_code ignored;
    if (number == ENOENT && !folder.empty() && !std::filesystem::exists(folder, ignored))
        reason = "there is no folder " + folder.string();
    return {ErrorCode::unavailable, what + ' ' + path + " cannot be opened: " + reason + '.', ""};
}

}  // namespace rotacast::store
