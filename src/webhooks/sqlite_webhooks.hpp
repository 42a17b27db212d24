#pragma once

// The rows of webhooks in the node's SQLite file. They are not in store/ because that lower layer
// does not know webhooks; its schema creates the table.

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

/// Thread-safe; every method blocks. Errors: `unavailable` if the file cannot be used; after an
/// input/output error it is not known whether the change was stored.
class SqliteWebhooks {
  public:
    static constexpr std::size_t webhooks_max = 200;  ///< each is a subscriber with threads

    static Result<std::unique_ptr<SqliteWebhooks>> open(const std::string& path,
                                                        store::ConnectionOptions options = {});

    Result<std::vector<StoredWebhook>> list();  ///< ordered by name
    Result<std::optional<StoredWebhook>> find(std::string_view name);

    /// `conflict` if the name is taken or there are already `webhooks_max`.
    Result<void> add(const StoredWebhook& stored);
    /// Replaces all but creator, creation time and start cursor. `not_found`.
    Result<void> replace(const StoredWebhook& stored);
    /// `not_found`.
    Result<void> remove(std::string_view name);

  private:
    SqliteWebhooks(std::string path, store::ConnectionOptions options, store::Connection connection)
        : path_(std::move(path)), options_(options), connection_(std::move(connection)) {}

    Result<void> mend();

    const std::string path_;
    const store::ConnectionOptions options_;
    std::mutex mutex_;                             // guards what follows
    std::optional<store::Connection> connection_;  // never empty
};

}  // namespace rotacast::webhooks
