// The API keys of SqliteDirectory. Only a hash is stored; 32 random bytes need no salt and no slow
// hash.

#include "store/sqlite_directory.hpp"

#include "auth/base64url.hpp"
#include "base/hex.hpp"

#include <openssl/rand.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>

namespace rotacast::store {
namespace {

constexpr std::string_view key_prefix = "rk_";

std::string sha256_hex(std::string_view text) {
    std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), digest.data());
    return to_hex(digest);
}

/// The name becomes part of `key:<name>` in the journal and in logs.
bool is_key_name(std::string_view name) {
    return !name.empty() && name.size() <= 100 && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '_' || c == '-';
    });
}

/// Of a row with name, created_at and strict.
auth::ApiKey key_at(const Query& row) {
    return {std::string(row.text(0)),
            parse_timestamp(row.text(1)).value_or(Timestamp()),
            {.strict = row.integer(2) != 0}};
}

}  // namespace

Result<std::string> SqliteDirectory::add_api_key(std::string_view name,
                                                 auth::ApiKeyOptions options) {
    if (!is_key_name(name))
        return Error{ErrorCode::invalid_field,
                     "A key's name has 1 to 100 letters, digits, dots, hyphens or underscores.",
                     "/name"};
    std::array<std::uint8_t, 32> random{};
    if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1)
        return Error{ErrorCode::internal, "The random generator is not available.", ""};
    auto key = std::string(key_prefix) + auth::encode_base64url(random);
    const std::scoped_lock lock(writer_mutex_);
    const auto added = writer_.run(
        "INSERT INTO api_keys (name, key_sha256, created_at, strict) SELECT ?1, ?2, ?3, ?4 "
        "WHERE NOT EXISTS (SELECT 1 FROM api_keys WHERE name = ?1)",
        name,
        sha256_hex(key),
        to_string(now()),
        std::int64_t{options.strict});
    if (!added) return added.error();
    if (*added == 1) return key;
    return Error{ErrorCode::conflict, "There is a key of this name already.", "/name"};
}

Result<std::optional<auth::ApiKey>> SqliteDirectory::find_api_key(std::string_view key) {
    if (!key.starts_with(key_prefix)) return std::optional<auth::ApiKey>();
    const std::scoped_lock lock(reader_mutex_);
    auto query = reader_.query("SELECT name, created_at, strict FROM api_keys WHERE key_sha256 = ?",
                               sha256_hex(key));
    if (!query) return query.error();
    const auto row = query->next();
    if (!row) return row.error();
    return *row ? std::optional(key_at(*query)) : std::nullopt;
}

Result<std::vector<auth::ApiKey>> SqliteDirectory::list_api_keys() {
    const std::scoped_lock lock(reader_mutex_);
    auto query =
        reader_.query("SELECT name, created_at, strict FROM api_keys ORDER BY name, created_at");
    if (!query) return query.error();
    std::vector<auth::ApiKey> keys;
    for (;;) {
        const auto row = query->next();
        if (!row) return row.error();
        if (!*row) return keys;
        keys.push_back(key_at(*query));
    }
}

Result<void> SqliteDirectory::revoke_api_key(std::string_view name) {
    const std::scoped_lock lock(writer_mutex_);
    const auto removed = writer_.run("DELETE FROM api_keys WHERE name = ?", name);
    if (!removed) return removed.error();
    if (*removed == 0) return Error{ErrorCode::not_found, "There is no key of this name.", ""};
    return {};
}

}  // namespace rotacast::store
