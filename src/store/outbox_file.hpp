#pragma once

// The SQLite file of the outbox, opened for writing, and its SQL.

#include "base/error.hpp"
#include "base/time.hpp"
#include "store/sqlite.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rotacast::store {

/// Of the stored rows.
struct OutboxExtent {
    std::size_t rows = 0;
    std::size_t bytes = 0;   ///< of their texts
    std::uint64_t last = 0;  ///< the number of the newest row ever stored
};

/// Thread: one at a time. Between the calls of begin() and commit() or roll_back(), extent() is as
/// if they were committed.
class OutboxFile {
  public:
    /// Creates the file if needed. Errors: `unavailable`; `internal` if a newer version of this
    /// program wrote it.
    static Result<OutboxFile> open(const std::string& path, const ConnectionOptions& options);

    Result<void> begin();
    /// Does nothing if the row is there.
    Result<void> add(std::uint64_t sequence, Timestamp stored_at, std::string_view text);
    Result<void> remove(std::uint64_t sequence);
    Result<void> remove_up_to(std::uint64_t last);
    Result<void> commit();
    void roll_back();

    const OutboxExtent& extent() const { return extent_; }
    /// An input/output error occurred: open another.
    bool has_failed() const { return connection_->io_failed(); }

    /// Tests whether the file can be written: writes 64 KiB and removes them again.
    Result<void> probe();
    /// Gives the disk back what a large outbox took, if it is empty now.
    Result<void> shrink();

  private:
    explicit OutboxFile(Connection connection);

    Result<void> count();
    Result<void> count_removed(Result<Query> query);

    std::unique_ptr<Connection> connection_;  // stays where the transaction expects it
    std::optional<Transaction> transaction_;
    OutboxExtent extent_;
    OutboxExtent committed_;
};

/// Reads the file while it is written.
class OutboxReader {
  public:
    static Result<OutboxReader> open(const std::string& path);

    struct Row {
        std::uint64_t sequence = 0;
        Timestamp stored_at;
        std::string text;
    };
    /// Up to `limit` rows after `after`, and up to some `bytes_max`, at least one.
    Result<std::vector<Row>> read(std::uint64_t after, std::size_t limit, std::size_t bytes_max);

  private:
    explicit OutboxReader(Connection connection) : connection_(std::move(connection)) {}

    Connection connection_;
};

}  // namespace rotacast::store
