#pragma once

// Users, revoked tokens and API keys in the node's SQLite file. Readers have their own connection
// and do not wait for writers.

#include "auth/access_changes.hpp"
#include "auth/api_keys.hpp"
#include "auth/revocations.hpp"
#include "auth/users.hpp"
#include "store/sqlite.hpp"

#include <memory>
#include <mutex>

namespace rotacast::store {

/// Thread-safe; every method blocks. Errors: `unavailable` if the file cannot be used.
class SqliteDirectory final : public auth::Users,
                              public auth::Revocations,
                              public auth::ApiKeys,
                              public auth::AccessChangeFeed {
  public:
    static Result<std::unique_ptr<SqliteDirectory>> open(const std::string& path,
                                                         ConnectionOptions options = {});

    Result<std::optional<auth::User>> find_user(const Uuid& id) override;
    Result<std::optional<auth::User>> find_user_by_name(std::string_view username) override;
    Result<std::vector<auth::User>> list_users() override;
    Result<void> add_user(const auth::User& user) override;
    Result<void> set_active(const Uuid& id, bool active) override;
    Result<void> set_role(const Uuid& id, auth::Role role) override;
    Result<void> set_person(const Uuid& id, std::optional<Uuid> person_id) override;
    Result<void> set_password(const Uuid& id, std::string_view hashed_password) override;
    Result<void> sign_out(const Uuid& id) override;
    Result<void> touch_login(const Uuid& id, Timestamp at) override;

    Result<bool> is_revoked(std::string_view jti) override;
    Result<bool> revoke(const auth::Revocation& revocation) override;
    Result<std::int64_t> forget_expired_revocations(Timestamp now) override;

    Result<std::string> add_api_key(std::string_view name, auth::ApiKeyOptions options) override;
    Result<std::optional<auth::ApiKey>> find_api_key(std::string_view key) override;
    Result<std::vector<auth::ApiKey>> list_api_keys() override;
    Result<void> revoke_api_key(std::string_view name) override;

    Result<auth::AccessChanges> changes_since(std::int64_t seq) override;

  private:
    SqliteDirectory(Connection writer, Connection reader)
        : writer_(std::move(writer)), reader_(std::move(reader)) {}

    std::mutex writer_mutex_;
    Connection writer_;
    std::mutex reader_mutex_;
    Connection reader_;
};

}  // namespace rotacast::store
