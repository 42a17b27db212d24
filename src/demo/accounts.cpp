#include "demo/accounts.hpp"

#include "auth/password.hpp"
#include "demo/access_file.hpp"

#include <array>
#include <utility>

namespace rotacast::demo {
namespace {

// A low cost: the passwords have 60 random bits, so a slow hash would only delay the
// start.
constexpr int bcrypt_cost = 5;

constexpr std::array login_roles{
    auth::Role::coordinator, auth::Role::admin, auth::Role::faculty, auth::Role::resident};

auth::User to_user(const Person& person) {
    auth::User user;
    user.id = person.user_id;
    user.username = person.username;
    user.email = person.email;
    user.role = person.role;
    user.person_id = person.person_id;
    return user;
}

Result<void> add_missing_users(auth::Users& users, const Programme& programme) {
    for (const auto& person : programme.people) {
        const auto found = users.find_user(person.user_id);
        if (!found) return found.error();
        if (*found) continue;
        if (const auto added = users.add_user(to_user(person)); !added) return added.error();
    }
    return {};
}

/// Sets the user's password to `password` unless it is that already.
Result<void> ensure_password(auth::Users& users,
                             const Person& person,
                             const std::string& password) {
    const auth::Passwords passwords(bcrypt_cost);
    const auto user = users.find_user(person.user_id);
    if (!user) return user.error();
    if (*user && passwords.verify(password, (*user)->hashed_password)) return {};
    const auto hashed = passwords.hash(password);
    if (!hashed) return hashed.error();
    return users.set_password(person.user_id, *hashed);
}

Result<void> ensure_api_key(auth::ApiKeys& keys, std::string& key) {
    if (!key.empty()) {
        const auto found = keys.find_api_key(key);
        if (!found) return found.error();
        if (*found && (*found)->name == api_key_name) return {};
    }
    const auto revoked = keys.revoke_api_key(api_key_name);
    if (!revoked && revoked.error().code != ErrorCode::not_found) return revoked.error();
    auto fresh = keys.add_api_key(api_key_name, {});
    if (!fresh) return fresh.error();
    key = std::move(*fresh);
    return {};
}

}  // namespace

Result<Access> prepare_accounts(auth::Users& users,
                                auth::ApiKeys& keys,
                                const Programme& programme,
                                const std::filesystem::path& folder) {
    const auto file = folder / access_file_name;
    const auto kept = load_secrets(file);
    if (!kept) return kept.error();
    auto secrets = *kept;
    if (const auto added = add_missing_users(users, programme); !added) return added.error();
    Access access;
    for (const auto role : login_roles) {
        const auto& person = programme.first_of(role);
        auto& password = secrets.passwords[person.username];
        if (password.empty()) password = make_password();
        if (const auto settled = ensure_password(users, person, password); !settled)
            return settled.error();
        access.logins.push_back({role, person.username, password});
    }
    if (const auto settled = ensure_api_key(keys, secrets.api_key); !settled)
        return settled.error();
    if (secrets != *kept)
        if (const auto saved = save_secrets(file, secrets); !saved) return saved.error();
    access.api_key = std::move(secrets.api_key);
    return access;
}

}  // namespace rotacast::demo
