#pragma once

// The SQLite C API, thinly: handles that close themselves, statements prepared once and kept,
// result codes translated into our errors. No text of a statement or value gets into an error.
//
// Thread: a Connection and what it hands out belong to one thread at a time.

#include "base/error.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

struct sqlite3;
struct sqlite3_stmt;

namespace rotacast::store {

/// When a commit is durable: with `full` before it returns, against power loss too; with `normal`
/// against the end of the process, and against power loss some time later.
enum class Synchronous : std::uint8_t { full, normal };

struct ConnectionOptions {
    bool read_only = false;
    Synchronous synchronous = Synchronous::full;
    std::chrono::milliseconds busy_timeout{2000};  ///< how long to wait for another writer
    std::int64_t page_bytes = 4096;  ///< of a new file; one that is there keeps its own
    std::int64_t pages_max = 0;      ///< bound of the file; 0: the disk's
};

/// Blob parameters and columns.
using Bytes = std::span<const std::uint8_t>;

/// A statement under way. Gives the prepared statement back when it goes, so it must go before
/// the next use of the same text, and before its Connection.
class Query {
  public:
    /// `io_failed` is set when an input/output error is met; it outlives the query.
    Query(sqlite3_stmt* statement, bool& io_failed)
        : statement_(statement), io_failed_(&io_failed) {}
    Query(Query&& other) noexcept
        : statement_(std::exchange(other.statement_, nullptr)), io_failed_(other.io_failed_) {}
    Query& operator=(Query&&) = delete;
    ~Query();

    /// True: there is a row, whose columns may be read until the next call.
    Result<bool> next();

    bool is_null(int column) const;
    std::int64_t integer(int column) const;   ///< 0 for NULL
    std::string_view text(int column) const;  ///< empty for NULL
    Bytes blob(int column) const;

  private:
    sqlite3_stmt* statement_;
    bool* io_failed_;
};

class Connection {
  public:
    /// Creates the file, for its owner alone (mode 0600), unless read-only. WAL, foreign keys.
    static Result<Connection> open(const std::string& path, ConnectionOptions options = {});

    /// `sql` is prepared at its first use and kept for the connection's life: pass literals.
    /// Parameters: integers, text, Bytes, optional of these, nullptr. They are copied.
    template <class... Parameters>
    Result<Query> query(std::string_view sql, const Parameters&... parameters) {
        auto statement = prepared(sql);
        if (!statement) return statement.error();
        Query query(*statement, health_->io_failed);
        int index = 0;
        (bind(*statement, ++index, parameters, true), ...);
        return query;
    }

    /// Runs to the end; how many rows it changed. Parameters are not copied.
    template <class... Parameters>
    Result<std::int64_t> run(std::string_view sql, const Parameters&... parameters) {
        auto statement = prepared(sql);
        if (!statement) return statement.error();
        Query query(*statement, health_->io_failed);
        int index = 0;
        (bind(*statement, ++index, parameters, false), ...);
        return finish(query);
    }

    /// Several statements, not kept.
    Result<void> execute(const char* sql);

    /// Of the file's schema (PRAGMA user_version); 0 for a new one.
    Result<std::int64_t> version();

    bool in_transaction() const;

    /// Between transactions.
    Result<void> set_synchronous(Synchronous synchronous);

    /// Writes everything that stands in the write-ahead log into the file, and flushes both.
    Result<void> checkpoint();

    /// An input/output error was met, of a statement or of a checkpoint, which SQLite keeps to
    /// itself. What the disk holds is unknown, and a later flush that succeeds does not say more
    /// (https://wiki.postgresql.org/wiki/Fsync_Errors): who relies on the disk closes this
    /// connection and opens another.
    bool io_failed() const { return health_->io_failed; }

  private:
    struct Close {
        void operator()(sqlite3* database) const;
    };
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    struct Health {
        bool io_failed = false;
        std::int64_t checkpoint_pages = 0;  ///< in the log, until they are written into the file
    };
    using StatementPtr = std::unique_ptr<sqlite3_stmt, Finalize>;

    explicit Connection(sqlite3* database) : database_(database) {}
    static int committed(void* health, sqlite3* database, const char* name, int pages);
    Error failed(int code);
    Result<void> configure(const ConnectionOptions& options);
    Result<std::int64_t> integer_of(std::string_view sql);
    Result<sqlite3_stmt*> prepared(std::string_view sql);
    Result<std::int64_t> finish(Query& query);

    static void bind(sqlite3_stmt* statement, int index, std::int64_t value, bool copy);
    static void bind(sqlite3_stmt* statement, int index, std::string_view value, bool copy);
    static void bind(sqlite3_stmt* statement, int index, Bytes value, bool copy);
    static void bind(sqlite3_stmt* statement, int index, std::nullptr_t, bool copy);
    template <class T>
    static void bind(sqlite3_stmt* statement, int index, const std::optional<T>& value, bool copy) {
        if (value)
            bind(statement, index, *value, copy);
        else
            bind(statement, index, nullptr, copy);
    }

    std::unique_ptr<Health> health_ = std::make_unique<Health>();
    std::unique_ptr<sqlite3, Close> database_;
    std::unordered_map<std::string_view, StatementPtr> statements_;  // ends before database_
};

/// Begins a writing transaction; rolls back at its end unless committed.
class Transaction {
  public:
    static Result<Transaction> begin(Connection& connection);
    Transaction(Transaction&& other) noexcept
        : connection_(std::exchange(other.connection_, nullptr)) {}
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction();

    /// After an error nothing of the transaction is stored.
    Result<void> commit();

  private:
    explicit Transaction(Connection& connection) : connection_(&connection) {}

    Connection* connection_;
};

}  // namespace rotacast::store
