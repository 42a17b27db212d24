#pragma once

// The webhooks' rows in the node's SQLite file. They are here and not in store/ because that room
// lies beneath and knows no webhooks; the table is made by its schema.

#include "store/sqlite.hpp"
#include "webhooks/webhook.hpp"

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::webhooks {

/// Thread: any; every method blocks. Errors: `unavailable` when the file cannot answer.
class SqliteWebhooks {
  public:
    static constexpr std::size_t webhooks_max = 200;  ///< each is a subscriber with threads

    static Result<std::unique_ptr<SqliteWebhooks>> open(const std::string& path,
                                                        store::ConnectionOptions options = {});

    Result<std::vector<StoredWebhook>> list();  ///< by name
    Result<std::optional<StoredWebhook>> find(std::string_view name);

    /// `conflict` when the name is taken or there are `webhooks_max`.
    Result<void> add(const StoredWebhook& stored);
    /// All but who made it, when, and where it begins. `not_found`.
    Result<void> replace(const StoredWebhook& stored);
    /// `not_found`.
    Result<void> remove(std::string_view name);

  private:
    explicit SqliteWebhooks(store::Connection connection) : connection_(std::move(connection)) {}

    std::mutex mutex_;
    store::Connection connection_;
};

}  // namespace rotacast::webhooks
