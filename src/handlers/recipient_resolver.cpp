#include "handlers/recipient_resolver.hpp"

#include <algorithm>

namespace rotacast::handlers {
namespace {

void sort_unique(std::vector<Uuid>& ids) {
    std::ranges::sort(ids);
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

}  // namespace

RecipientResolver::RecipientResolver(auth::Users& users,
                                     auth::AccessChangeFeed& changes,
                                     std::vector<std::string> program_directors)
    : users_(users), changes_(changes), program_directors_(std::move(program_directors)) {}

// Reads the number of the last change before the users, so that a change in between is noticed the
// next time.
Result<void> RecipientResolver::refresh() {
    const auto changes = changes_.changes_since(seen_.value_or(0));
    if (!changes) return changes.error();
    if (seen_ && changes->last_seq == *seen_) return {};
    auto users = users_.list_users();
    if (!users) return users.error();
    std::erase_if(*users, [](const auth::User& user) { return !user.active; });
    active_users_ = std::move(*users);
    user_of_.clear();
    for (const auto& user : active_users_) user_of_.emplace(user.id, user.id);
    for (const auto& user : active_users_)
        if (user.person_id) user_of_.emplace(*user.person_id, user.id);
    for (auto& user : active_users_) user.hashed_password.clear();  // not needed here
    seen_ = changes->last_seq;
    return {};
}

std::vector<Uuid> RecipientResolver::in_role(auth::Role role) const {
    std::vector<Uuid> ids;
    for (const auto& user : active_users_)
        if (user.role == role) ids.push_back(user.id);
    return ids;
}

Audience RecipientResolver::or_admins(std::string word, std::vector<Uuid> users) const {
    if (users.empty()) users = in_role(auth::Role::admin);
    sort_unique(users);
    return {std::move(word), std::move(users)};
}

Result<Audience> RecipientResolver::coordinators() {
    const std::scoped_lock lock(mutex_);
    if (auto refreshed = refresh(); !refreshed) return refreshed.error();
    return or_admins("coordinators", in_role(auth::Role::coordinator));
}

Result<Audience> RecipientResolver::program_director() {
    const std::scoped_lock lock(mutex_);
    if (auto refreshed = refresh(); !refreshed) return refreshed.error();
    std::vector<Uuid> named;
    for (const auto& user : active_users_)
        if (std::ranges::find(program_directors_, user.username) != program_directors_.end())
            named.push_back(user.id);
    return or_admins("program_director", std::move(named));
}

Result<Audience> RecipientResolver::persons(std::string word,
                                            const std::vector<std::string>& persons) {
    const std::scoped_lock lock(mutex_);
    if (auto refreshed = refresh(); !refreshed) return refreshed.error();
    Audience audience{std::move(word), {}};
    for (const auto& text : persons) {
        const auto id = Uuid::parse(text);
        const auto found = id ? user_of_.find(*id) : user_of_.end();
        if (found != user_of_.end()) audience.users.push_back(found->second);
    }
    sort_unique(audience.users);
    return audience;
}

Result<std::optional<Uuid>> RecipientResolver::user_of(const std::string& person) {
    auto found = persons("", {person});
    if (!found) return found.error();
    return found->users.empty() ? std::nullopt : std::optional(found->users.front());
}

}  // namespace rotacast::handlers
