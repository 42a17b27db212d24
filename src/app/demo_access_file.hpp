#pragma once

// The demo's passwords and key as a JSON file: {"logins":{"<username>":"<password>"},"api_key"}.

#include "base/error.hpp"

#include <filesystem>
#include <map>
#include <string>

namespace rotacast::app {

struct DemoSecrets {
    std::map<std::string, std::string> passwords;  ///< by user name
    std::string api_key;                           ///< empty when there is none yet

    bool operator==(const DemoSecrets&) const = default;
};

/// Nothing there yet is not an error. `unavailable` when the file cannot be read or understood.
Result<DemoSecrets> load_demo_secrets(const std::filesystem::path& file);

/// Mode 0600, replaced in one step. Makes the folder. `unavailable` when that fails.
Result<void> save_demo_secrets(const std::filesystem::path& file, const DemoSecrets& secrets);

/// Twelve letters and digits in groups of four, without those that look alike: 60 random bits.
std::string make_demo_password();

}  // namespace rotacast::app
