#pragma once

// From words to users: the original tells `coordinators` or `swap_target`; a notification goes to
// users. Reads the directory again whenever somebody in it has changed.

#include "auth/access_changes.hpp"
#include "auth/users.hpp"

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace rotacast::handlers {

/// Those whom a word stands for. Active users only, sorted, each once.
struct Audience {
    std::string word;
    std::vector<Uuid> users;
};

/// Thread: any. Blocks as the directory does, and fails as it does. The directory must outlive it.
class RecipientResolver {
  public:
    /// `program_directors`: user names; none: the admins are.
    RecipientResolver(auth::Users& users,
                      auth::AccessChangeFeed& changes,
                      std::vector<std::string> program_directors);

    /// Where nobody is a coordinator, the admins are.
    Result<Audience> coordinators();
    Result<Audience> program_director();

    /// `persons` as events name them: persons of the schedule, or users. What is neither, or has no
    /// user, is left out.
    Result<Audience> persons(std::string word, const std::vector<std::string>& persons);

    /// The user that an event names as having acted; nullopt when it is none.
    Result<std::optional<Uuid>> user_of(const std::string& person);

  private:
    /// With the mutex held.
    Result<void> look();
    std::vector<Uuid> in_role(auth::Role role) const;
    Audience or_admins(std::string word, std::vector<Uuid> users) const;

    auth::Users& users_;
    auth::AccessChangeFeed& changes_;
    const std::vector<std::string> program_directors_;

    std::mutex mutex_;
    std::optional<std::int64_t> seen_;  // of the directory's changes
    std::vector<auth::User> active_users_;
    std::map<Uuid, Uuid> user_of_;  // by person, and by the user's own identifier
};

}  // namespace rotacast::handlers
