#include "store/sqlite_directory.hpp"

#include "store/schema.hpp"

#include <algorithm>

namespace rotacast::store {
namespace {

using auth::User;

#define USER_COLUMNS                                                                 \
    "id, username, email, role, is_active, person_id, hashed_password, created_at, " \
    "updated_at, last_login, tokens_from"

std::optional<Timestamp> written_time_at(const Query& row, int column) {
    return parse_timestamp(row.text(column));
}

/// Another program may have written the row, so all of it is checked.
Result<User> user_at(const Query& row) {
    const auto id = Uuid::parse(row.text(0));
    const auto role = auth::parse_role(row.text(3));
    if (!id || !role)
        return Error{ErrorCode::internal, "A user's row has a bad identifier or role.", ""};
    User user;
    user.id = *id;
    user.username = row.text(1);
    user.email = row.text(2);
    user.role = *role;
    user.active = row.integer(4) != 0;
    user.person_id = Uuid::parse(row.text(5));
    user.hashed_password = row.text(6);
    user.created_at = written_time_at(row, 7).value_or(Timestamp());
    user.updated_at = written_time_at(row, 8).value_or(Timestamp());
    user.last_login = written_time_at(row, 9);
    user.tokens_from = written_time_at(row, 10);
    return user;
}

Result<std::optional<User>> only_user(Result<Query> query) {
    if (!query) return query.error();
    const auto row = query->next();
    if (!row) return row.error();
    if (!*row) return std::optional<User>();
    auto user = user_at(*query);
    if (!user) return user.error();
    return std::optional<User>(std::move(*user));
}

/// For updates of one row by its key: `not_found` if no row has changed.
Result<void> one_row(const Result<std::int64_t>& changed) {
    if (!changed) return changed.error();
    if (*changed == 0) return Error{ErrorCode::not_found, "There is no such user.", ""};
    return {};
}

std::optional<std::string> text_of(const std::optional<Uuid>& uuid) {
    return uuid ? std::optional(to_string(*uuid)) : std::nullopt;
}

/// The first second of which no token has been issued yet.
std::string next_second() {
    return to_string(
        Timestamp(std::chrono::floor<std::chrono::seconds>(now()) + std::chrono::seconds(1)));
}

bool is_user_name(std::string_view name) {
    return !name.empty() && name.size() <= 100 &&
           std::ranges::none_of(name, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

}  // namespace

Result<std::unique_ptr<SqliteDirectory>> SqliteDirectory::open(const std::string& path,
                                                               ConnectionOptions options) {
    auto writer = open_database(path, options);
    if (!writer) return writer.error();
    auto reader = Connection::open(path, options);
    if (!reader) return reader.error();
    return std::unique_ptr<SqliteDirectory>(
        new SqliteDirectory(std::move(*writer), std::move(*reader)));
}

Result<std::optional<User>> SqliteDirectory::find_user(const Uuid& id) {
    const std::scoped_lock lock(reader_mutex_);
    return only_user(
        reader_.query("SELECT " USER_COLUMNS " FROM users WHERE id = ?", to_string(id)));
}

Result<std::optional<User>> SqliteDirectory::find_user_by_name(std::string_view username) {
    const std::scoped_lock lock(reader_mutex_);
    return only_user(
        reader_.query("SELECT " USER_COLUMNS " FROM users WHERE username = ?", username));
}

Result<std::vector<User>> SqliteDirectory::list_users() {
    const std::scoped_lock lock(reader_mutex_);
    auto query = reader_.query("SELECT " USER_COLUMNS " FROM users ORDER BY username");
    if (!query) return query.error();
    std::vector<User> users;
    for (;;) {
        const auto row = query->next();
        if (!row) return row.error();
        if (!*row) return users;
        auto user = user_at(*query);
        if (!user) return user.error();
        users.push_back(std::move(*user));
    }
}

Result<void> SqliteDirectory::add_user(const User& user) {
    if (!is_user_name(user.username))
        return Error{ErrorCode::invalid_field,
                     "A user name has 1 to 100 bytes and no control characters.",
                     "/username"};
    const std::scoped_lock lock(writer_mutex_);
    const auto stamp = to_string(now());
    const auto added = writer_.run("INSERT INTO users (" USER_COLUMNS
                                   ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)",
                                   to_string(user.id),
                                   user.username,
                                   user.email.empty() ? std::nullopt : std::optional(user.email),
                                   auth::to_string(user.role),
                                   static_cast<std::int64_t>(user.active),
                                   text_of(user.person_id),
                                   user.hashed_password,
                                   stamp,
                                   stamp);
    if (added) return {};
    if (added.error().code != ErrorCode::conflict) return added.error();
    return Error{ErrorCode::conflict, "The user name, email or identifier is taken.", ""};
}

Result<void> SqliteDirectory::set_active(const Uuid& id, bool active) {
    const std::scoped_lock lock(writer_mutex_);
    return one_row(writer_.run(
        "UPDATE users SET is_active = ?, tokens_from = coalesce(?, tokens_from), updated_at = ? "
        "WHERE id = ?",
        static_cast<std::int64_t>(active),
        active ? std::nullopt : std::optional(next_second()),
        to_string(now()),
        to_string(id)));
}

Result<void> SqliteDirectory::set_role(const Uuid& id, auth::Role role) {
    const std::scoped_lock lock(writer_mutex_);
    return one_row(writer_.run("UPDATE users SET role = ?, updated_at = ? WHERE id = ?",
                               auth::to_string(role),
                               to_string(now()),
                               to_string(id)));
}

Result<void> SqliteDirectory::set_person(const Uuid& id, std::optional<Uuid> person_id) {
    const std::scoped_lock lock(writer_mutex_);
    return one_row(writer_.run("UPDATE users SET person_id = ?, updated_at = ? WHERE id = ?",
                               text_of(person_id),
                               to_string(now()),
                               to_string(id)));
}

Result<void> SqliteDirectory::set_password(const Uuid& id, std::string_view hashed_password) {
    const std::scoped_lock lock(writer_mutex_);
    return one_row(writer_.run(
        "UPDATE users SET hashed_password = ?, tokens_from = ?, updated_at = ? WHERE id = ?",
        hashed_password,
        next_second(),
        to_string(now()),
        to_string(id)));
}

Result<void> SqliteDirectory::sign_out(const Uuid& id) {
    const std::scoped_lock lock(writer_mutex_);
    return one_row(writer_.run("UPDATE users SET tokens_from = ?, updated_at = ? WHERE id = ?",
                               next_second(),
                               to_string(now()),
                               to_string(id)));
}

Result<void> SqliteDirectory::touch_login(const Uuid& id, Timestamp at) {
    const std::scoped_lock lock(writer_mutex_);
    return one_row(
        writer_.run("UPDATE users SET last_login = ? WHERE id = ?", to_string(at), to_string(id)));
}

Result<bool> SqliteDirectory::is_revoked(std::string_view jti) {
    const std::scoped_lock lock(reader_mutex_);
    auto query = reader_.query("SELECT 1 FROM token_blacklist WHERE jti = ?", jti);
    if (!query) return query.error();
    return query->next();
}

Result<bool> SqliteDirectory::revoke(const auth::Revocation& revocation) {
    const std::scoped_lock lock(writer_mutex_);
    const auto added = writer_.run(
        "INSERT INTO token_blacklist (id, jti, token_type, user_id, blacklisted_at, expires_at, "
        "reason) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (jti) DO NOTHING",
        to_string(Uuid::random()),
        revocation.jti,
        auth::to_string(revocation.token_type),
        text_of(revocation.user_id),
        to_string(now()),
        to_string(revocation.expires_at),
        revocation.reason);
    if (!added) return added.error();
    return *added == 1;
}

Result<std::int64_t> SqliteDirectory::forget_expired_revocations(Timestamp now) {
    const std::scoped_lock lock(writer_mutex_);
    return writer_.run("DELETE FROM token_blacklist WHERE expires_at < ?", to_string(now));
}

Result<auth::AccessChanges> SqliteDirectory::changes_since(std::int64_t seq) {
    const std::scoped_lock lock(reader_mutex_);
    auto query = reader_.query(
        "SELECT seq, user_id, jti FROM directory_changes WHERE seq > ? ORDER BY seq", seq);
    if (!query) return query.error();
    auth::AccessChanges changes;
    changes.last_seq = seq;
    for (;;) {
        const auto row = query->next();
        if (!row) return row.error();
        if (!*row) return changes;
        // Sequence numbers are dense, so a missing one means that a change was deleted.
        if (query->integer(0) != changes.last_seq + 1) changes.complete = false;
        changes.last_seq = query->integer(0);
        if (const auto user = Uuid::parse(query->text(1))) {
            if (std::ranges::find(changes.user_ids, *user) == changes.user_ids.end())
                changes.user_ids.push_back(*user);
        }
        if (!query->is_null(2)) changes.revoked_jtis.emplace_back(query->text(2));
    }
}

}  // namespace rotacast::store
