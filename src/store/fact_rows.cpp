#include "store/fact_rows.hpp"

#include "auth/role.hpp"
#include "base/uuid.hpp"

#include <utility>

namespace rotacast::store {
namespace {

using Fields = std::vector<FactField>;

Result<void> done(const Result<std::int64_t>& changed) {
    if (!changed) return changed.error();
    return {};
}

Result<Fields> versions_of(Connection& connection, std::string_view kind, std::string_view key) {
    auto query = connection.query(
        "SELECT field, version FROM fact_versions WHERE kind = ? AND key = ? ORDER BY change",
        kind,
        key);
    if (!query) return query.error();
    Fields fields;
    for (;;) {
        const auto row = query->next();
        if (!row) return row.error();
        if (!*row) return fields;
        fields.push_back({std::string(query->text(0)), query->integer(1), {}});
    }
}

// Changes even if the tables had the value already: what is stored may differ from what was given,
// and then the others are told.
Result<void> set_version(Connection& connection, const Fact& fact, const FactField& field) {
    const auto removed =
        connection.run("DELETE FROM fact_versions WHERE kind = ? AND key = ? AND field = ?",
                       fact.kind,
                       fact.key,
                       field.name);
    if (!removed) return removed.error();
    return done(
        connection.run("INSERT INTO fact_versions (kind, key, field, version) VALUES (?, ?, ?, ?)",
                       fact.kind,
                       fact.key,
                       field.name,
                       field.version));
}

std::string value_of(const Fields& fields, std::string_view name) {
    const auto* field = field_of(fields, name);
    return field ? field->value : std::string();
}

FactField* find_field(Fields& fields, std::string_view name) {
    const auto found = std::ranges::find(fields, name, &FactField::name);
    return found == fields.end() ? nullptr : &*found;
}

std::optional<std::string> unless_empty(std::string text) {
    return text.empty() ? std::nullopt : std::optional(std::move(text));
}

Error not_storable(std::string_view kind, const char* what) {
    return {ErrorCode::invalid_field, std::string(kind) + " with " + what, ""};
}

/// What `words` begins with, up to a space; it is taken off.
std::string_view take_word(std::string_view& words) {
    const auto end = std::min(words.find(' '), words.size());
    const auto word = words.substr(0, end);
    words.remove_prefix(std::min(end + 1, words.size()));
    return word;
}

// --------------------------------------------------------------------------------------- users

Result<Fields> with_user_values(Connection& connection, std::string_view key, Fields versions) {
    auto query = connection.query(
        "SELECT username, coalesce(email, ''), role, coalesce(is_active, 0), "
        "coalesce(person_id, ''), hashed_password, created_at, coalesce(tokens_from, '') "
        "FROM users WHERE id = ?",
        key);
    if (!query) return query.error();
    const auto row = query->next();
    if (!row) return row.error();
    static constexpr std::string_view names[] = {
        "name", "email", "role", "active", "person", "password", "created_at", "tokens_from"};
    Fields fields;
    for (auto& field : versions) {
        if (field.name == "removed") field.value = *row ? "0" : "1";
        const auto* const name = std::ranges::find(names, field.name);
        if (name != std::end(names)) {
            if (!*row) continue;
            field.value = query->text(static_cast<int>(name - std::begin(names)));
        }
        fields.push_back(std::move(field));
    }
    return fields;
}

/// Renames whichever of the two was created later.
Result<void> settle_name(Connection& connection, const std::string& id, Fields& user) {
    auto* const name = find_field(user, "name");
    std::string other;
    bool other_is_older = false;
    {
        auto query = connection.query(
            "SELECT id, created_at FROM users WHERE username = ? AND id <> ?", name->value, id);
        if (!query) return query.error();
        const auto row = query->next();
        if (!row) return row.error();
        if (!*row) return {};
        other = query->text(0);
        const auto created_at = value_of(user, "created_at");
        other_is_older = std::pair(query->text(1), query->text(0)) <
                         std::pair<std::string_view, std::string_view>(created_at, id);
    }
    if (other_is_older) {
        name->value += '~' + id.substr(0, 8);
        return {};
    }
    return done(connection.run(
        "UPDATE users SET username = username || '~' || substr(id, 1, 8) WHERE id = ?", other));
}

Result<void> settle_email(Connection& connection, const std::string& id, Fields& user) {
    auto* const email = find_field(user, "email");
    if (!email || email->value.empty()) return {};
    auto query =
        connection.query("SELECT 1 FROM users WHERE email = ? AND id <> ?", email->value, id);
    if (!query) return query.error();
    const auto row = query->next();
    if (!row) return row.error();
    if (*row) email->value.clear();
    return {};
}

Result<void> store_user(Connection& connection, const std::string& id, Fields user) {
    if (value_of(user, "removed") == "1")
        return done(connection.run("DELETE FROM users WHERE id = ?", id));
    if (value_of(user, "name").empty()) return not_storable(user_kind, "no name");
    if (!auth::parse_role(value_of(user, "role")))
        return not_storable(user_kind, "an unknown role");
    if (auto settled = settle_name(connection, id, user); !settled) return settled;
    if (auto settled = settle_email(connection, id, user); !settled) return settled;
    // Tokens that were ended stay so, whoever said it last.
    const auto stored = connection.run(
        "INSERT INTO users (id, username, email, role, is_active, person_id, hashed_password, "
        "created_at, updated_at, tokens_from) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET username = excluded.username, email = excluded.email, "
        "role = excluded.role, is_active = excluded.is_active, person_id = excluded.person_id, "
        "hashed_password = excluded.hashed_password, created_at = excluded.created_at, "
        "updated_at = excluded.updated_at, tokens_from = nullif(max(coalesce(tokens_from, ''), "
        "coalesce(excluded.tokens_from, '')), '')",
        id,
        value_of(user, "name"),
        unless_empty(value_of(user, "email")),
        value_of(user, "role"),
        std::int64_t{value_of(user, "active") == "1"},
        unless_empty(value_of(user, "person")),
        value_of(user, "password"),
        value_of(user, "created_at"),
        to_string(now()),
        unless_empty(value_of(user, "tokens_from")));
    return done(stored);
}

// ------------------------------------------------------------------------- tokens and API keys

/// `<type> <user or -> <expiry> <reason>`.
Result<Fact> with_token_values(Connection& connection, Fact fact, Fields versions) {
    auto query = connection.query(
        "SELECT token_type || ' ' || coalesce(user_id, '-') || ' ' || replace(expires_at, ' ', 'T')"
        " || ' ' || coalesce(reason, ''), expires_at FROM token_blacklist WHERE jti = ?",
        fact.key);
    if (!query) return query.error();
    const auto row = query->next();
    if (!row) return row.error();
    if (!*row || versions.empty()) return fact;
    fact.expires_at = parse_timestamp(query->text(1));
    fact.fields.push_back({"revoked", versions.front().version, std::string(query->text(0))});
    return fact;
}

Result<void> store_token(Connection& connection, const std::string& jti, std::string_view value) {
    const auto type = take_word(value);
    const auto user = take_word(value);
    const auto expires_at = take_word(value);
    if (!parse_timestamp(expires_at)) return not_storable(revoked_token_kind, "no expiry");
    const auto stored = connection.run(
        "INSERT INTO token_blacklist (id, jti, token_type, user_id, blacklisted_at, expires_at, "
        "reason) VALUES (?, ?, ?, nullif(?, '-'), ?, ?, ?) ON CONFLICT (jti) DO NOTHING",
        to_string(Uuid::random()),
        jti,
        type,
        user,
        to_string(now()),
        expires_at,
        value);
    return done(stored);
}

/// `<name> <created_at> <strict>`; empty: revoked.
Result<Fields> with_key_values(Connection& connection, std::string_view key, Fields versions) {
    auto query = connection.query(
        "SELECT name || ' ' || replace(created_at, ' ', 'T') || ' ' || strict FROM api_keys "
        "WHERE key_sha256 = ?",
        key);
    if (!query) return query.error();
    const auto row = query->next();
    if (!row) return row.error();
    for (auto& field : versions)
        if (*row) field.value = query->text(0);
    return versions;
}

Result<void> store_key(Connection& connection, const std::string& digest, std::string_view value) {
    const auto removed = connection.run("DELETE FROM api_keys WHERE key_sha256 = ?", digest);
    if (!removed) return removed.error();
    if (value.empty()) return {};
    const auto name = take_word(value);
    const auto created_at = take_word(value);
    const auto stored = connection.run(
        "INSERT INTO api_keys (name, key_sha256, created_at, strict) VALUES (?, ?, ?, ?)",
        name,
        digest,
        created_at,
        std::int64_t{value == "1"});
    return done(stored);
}

// ------------------------------------------------------------------------------------ webhooks

/// The row as JSON; empty: removed.
Result<Fields> with_webhook_values(Connection& connection, std::string_view name, Fields versions) {
    auto query = connection.query(
        "SELECT json_object('url', url, 'types', types, 'filter', filter, 'active', active, "
        "'timeout_ms', timeout_ms, 'created_by', created_by, 'created_at', created_at, "
        "'updated_at', updated_at, 'secret', secret, 'previous_secret', previous_secret, "
        "'previous_until', previous_until, 'begins_after', begins_after, 'format', format) "
        "FROM webhooks WHERE name = ?",
        name);
    if (!query) return query.error();
    const auto row = query->next();
    if (!row) return row.error();
    for (auto& field : versions)
        if (*row) field.value = query->text(0);
    return versions;
}

Result<void> store_webhook(Connection& connection, const std::string& name, std::string_view text) {
    const auto removed = connection.run("DELETE FROM webhooks WHERE name = ?", name);
    if (!removed) return removed.error();
    if (text.empty()) return {};
    const auto stored = connection.run(
        "INSERT INTO webhooks (name, url, types, filter, active, timeout_ms, created_by, "
        "created_at, updated_at, secret, previous_secret, previous_until, begins_after, format) "
        "SELECT ?1, ?2 ->> 'url', ?2 ->> 'types', ?2 ->> 'filter', ?2 ->> 'active', "
        "?2 ->> 'timeout_ms', ?2 ->> 'created_by', ?2 ->> 'created_at', ?2 ->> 'updated_at', "
        "?2 ->> 'secret', ?2 ->> 'previous_secret', ?2 ->> 'previous_until', "
        "?2 ->> 'begins_after', ?2 ->> 'format'",
        name,
        text);
    return done(stored);
}

Result<void> store_values(Connection& connection, const Fact& merged) {
    if (merged.kind == user_kind) return store_user(connection, merged.key, merged.fields);
    if (merged.kind == revoked_token_kind)
        return store_token(connection, merged.key, value_of(merged.fields, "revoked"));
    if (merged.kind == api_key_kind)
        return store_key(connection, merged.key, value_of(merged.fields, "key"));
    if (merged.kind == webhook_kind)
        return store_webhook(connection, merged.key, value_of(merged.fields, "webhook"));
    return not_storable(merged.kind, "an unknown kind");
}

}  // namespace

Result<Fact> load_fact(Connection& connection, std::string_view kind, std::string_view key) {
    Fact fact{std::string(kind), std::string(key), {}};
    auto versions = versions_of(connection, kind, key);
    if (!versions) return versions.error();
    if (kind == revoked_token_kind)
        return with_token_values(connection, std::move(fact), std::move(*versions));
    auto fields = kind == user_kind      ? with_user_values(connection, key, std::move(*versions))
                  : kind == api_key_kind ? with_key_values(connection, key, std::move(*versions))
                  : kind == webhook_kind
                      ? with_webhook_values(connection, key, std::move(*versions))
                      : Result<Fields>(Fields());
    if (!fields) return fields.error();
    fact.fields = std::move(*fields);
    return fact;
}

Result<void> store_fact(Connection& connection, const Fact& known, const Fields& newer) {
    Fact merged = known;
    for (const auto& field : newer) {
        std::erase_if(merged.fields, [&](const auto& one) { return one.name == field.name; });
        merged.fields.push_back(field);
    }
    if (auto stored = store_values(connection, merged); !stored) return stored;
    for (const auto& field : newer)
        if (auto set = set_version(connection, known, field); !set) return set;
    return {};
}

}  // namespace rotacast::store
