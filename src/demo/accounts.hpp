#pragma once

// The demo's accounts: one for every person of the programme, four of them with a password, and the
// simulator's API key. Passwords and the key cannot be read back from the user directory, so they
// are kept in a file of the demo's data directory, readable only by its owner. A second start
// therefore prints the same ones.

#include "auth/api_keys.hpp"
#include "auth/users.hpp"
#include "base/error.hpp"
#include "demo/programme.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace rotacast::demo {

/// Contains secrets in plain text: for the terminal that started the demo, never for a log.
struct Login {
    auth::Role role;
    std::string username;
    std::string password;
};

struct Access {
    std::vector<Login> logins;  ///< coordinator, admin, faculty, resident
    std::string api_key;        ///< of the publisher `demo-simulator`
};

inline constexpr std::string_view api_key_name = "demo-simulator";
inline constexpr std::string_view access_file_name = "demo-access.json";

/// Creates missing accounts and leaves existing ones unchanged, except that the four passwords and
/// the key are set again if the directory does not accept those of the file. Creates the data
/// directory, too. Blocks on the disk: call before the loops start. Errors: those of the user
/// directory, and `unavailable` if the data directory cannot be written or the file cannot be read.
Result<Access> prepare_accounts(auth::Users& users,
                                auth::ApiKeys& keys,
                                const Programme& programme,
                                const std::filesystem::path& folder);

}  // namespace rotacast::demo
