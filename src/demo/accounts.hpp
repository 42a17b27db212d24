#pragma once

// The demo's accounts: one for everybody of the programme, four of them with a password, and the
// simulator's API key. What cannot be read back from the directory (passwords, the key) is kept in
// a file of the demo folder, readable by its owner alone, so that a second start prints the same.

#include "auth/api_keys.hpp"
#include "auth/users.hpp"
#include "base/error.hpp"
#include "demo/programme.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace rotacast::demo {

/// Secrets in plain text: for the terminal that started the demo, never for a log.
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

/// Makes what is missing and leaves the rest alone, except that the four passwords and the key
/// are set anew when the directory does not accept those of the file. Makes the folder too.
/// Blocks on the disk: call before the loops start. Errors: the directory's, and `unavailable`
/// when the folder cannot be written or its file cannot be read.
Result<Access> prepare_accounts(auth::Users& users,
                                auth::ApiKeys& keys,
                                const Programme& programme,
                                const std::filesystem::path& folder);

}  // namespace rotacast::demo
