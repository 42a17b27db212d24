#include "store/database_path.hpp"

#include "store/cannot_open.hpp"

#include <filesystem>
#include <system_error>

namespace rotacast::store {

namespace fs = std::filesystem;

namespace {

std::string misplaced(const std::string& link, const std::string& file, const std::string& end) {
    std::string text = "the database ";
    text.append(link).append(" is a link to ").append(file).append(", and ");
    text.append(link).append(end).append(" is not beside that file; move it to ");
    return text.append(file).append(end);
}

}  // namespace

Result<std::string> resolve_database(const std::string& path,
                                     const std::vector<std::string>& sibling_ends) {
    std::error_code failed;
    auto resolved = fs::weakly_canonical(fs::absolute(path), failed).string();
    if (failed) return cannot_open("The database", path, failed.value());
    std::error_code ignored;
    if (!fs::is_symlink(path, ignored)) return resolved;
    for (const auto& end : sibling_ends)
        if (fs::exists(path + end, ignored) && !fs::exists(resolved + end, ignored))
            return Error{ErrorCode::config_invalid, misplaced(path, resolved, end), "database"};
    return resolved;
}

}  // namespace rotacast::store
