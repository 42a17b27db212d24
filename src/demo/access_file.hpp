#pragma once

// The demo's passwords and key as a JSON file: {"logins":{"<username>":"<password>"},"api_key"}.

#include "base/error.hpp"

#include <filesystem>
#include <map>
#include <string>

namespace rotacast::demo {

struct Secrets {
    std::map<std::string, std::string> passwords;  ///< by user name
    std::string api_key;                           ///< empty when there is none yet

    bool operator==(const Secrets&) const = default;
};

/// Nothing there yet is not an error. `unavailable` when the file cannot be read or understood.
Result<Secrets> load_secrets(const std::filesystem::path& file);

/// Mode 0600, replaced in one step. Makes the folder. `unavailable` when that fails.
Result<void> save_secrets(const std::filesystem::path& file, const Secrets& secrets);

/// Twelve letters and digits in groups of four, without those that look alike: 60 random bits.
std::string make_password();

}  // namespace rotacast::demo
