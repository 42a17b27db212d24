#pragma once

// Resolves words to users: the original notifies `coordinators` or `swap_target`; a notification
// here needs users. Reads the directory again after each change in it.

#include "auth/access_changes.hpp"
#include "auth/users.hpp"

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace rotacast::handlers {

/// The users that a word stands for: active ones only, sorted, without duplicates.
struct Audience {
    std::string word;
    std::vector<Uuid> users;
};

/// Thread-safe. Blocks and fails as the directory does. The directory must outlive it.
class RecipientResolver {
  public:
    /// `program_directors`: user names; empty: the admins.
    RecipientResolver(auth::Users& users,
                      auth::AccessChangeFeed& changes,
                      std::vector<std::string> program_directors);

    /// The admins if there are no coordinators.
    Result<Audience> coordinators();
    Result<Audience> program_director();

    /// `persons` as events name them: persons of the schedule, or users. Ignores those that are
    /// neither and those without a user.
    Result<Audience> persons(std::string word, const std::vector<std::string>& persons);

    /// The user that an event names as the actor; nullopt if there is none.
    Result<std::optional<Uuid>> user_of(const std::string& person);

  private:
    /// Reads the directory again if it has changed. Requires mutex_.
    Result<void> refresh();
    std::vector<Uuid> in_role(auth::Role role) const;
    Audience or_admins(std::string word, std::vector<Uuid> users) const;

    auth::Users& users_;
    auth::AccessChangeFeed& changes_;
    const std::vector<std::string> program_directors_;

    std::mutex mutex_;
    std::optional<std::int64_t> seen_;  // the last change that was read
    std::vector<auth::User> active_users_;
    std::map<Uuid, Uuid> user_of_;  // by person, and by the user's own id
};

}  // namespace rotacast::handlers
