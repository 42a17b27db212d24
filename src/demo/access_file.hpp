#pragma once

// The demo's passwords and key as a JSON file: {"logins":{"<username>":"<password>"},"api_key"}.

#include "base/error.hpp"

#include <filesystem>
#include <map>
#include <string>

namespace rotacast::demo {

struct Secrets {
    std::map<std::string, std::string> passwords;  ///< by user name
    std::string api_key;                           ///< empty if there is none yet

    bool operator==(const Secrets&) const = default;
};

/// A missing file is not an error: the result is empty. Error: `unavailable` if the file cannot be
/// read or parsed.
Result<Secrets> load_secrets(const std::filesystem::path& file);

/// Writes the file atomically with mode 0600 and creates its directory. Error: `unavailable`.
Result<void> save_secrets(const std::filesystem::path& file, const Secrets& secrets);

/// Twelve letters and digits in groups of four, without characters that look alike: 60 random bits.
std::string make_password();

}  // namespace rotacast::demo
