#pragma once

// One database, one name: the files beside it (`<database>.lock`, `-mark`, `-bus`) are named after
// the file that a symbolic link leads to, as SQLite names `-wal` and `-shm`. Otherwise two servers
// that name it by two links would have two locks.

#include "base/error.hpp"

#include <string>
#include <vector>

namespace rotacast::store {

/// Absolute and without symbolic links, whether the file exists or not. `config_invalid` if the
/// path is a link, and files that an earlier version made are beside the link and not beside the
/// file. `sibling_ends` are the ends of their names.
Result<std::string> resolve_database(const std::string& path,
                                     const std::vector<std::string>& sibling_ends = {});

}  // namespace rotacast::store
