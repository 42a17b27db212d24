#pragma once

// A thin wrapper of the SQLite C API: handles that close themselves, cached prepared statements,
// result codes translated to our errors. Errors contain no statement text and no values.
//
// Thread: a Connection and its queries belong to one thread at a time.

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

/// When a commit is durable. `full`: before it returns, against power loss too. `normal`: at once
/// against the end of the process, and some time later against power loss.
enum class Synchronous : std::uint8_t { full, normal };

struct ConnectionOptions {
    bool read_only = false;
    Synchronous synchronous = Synchronous::full;
    std::chrono::milliseconds busy_timeout{2000};  ///< how long to wait for another writer
    std::int64_t page_bytes = 4096;                ///< of a new file; existing files keep theirs
    std::int64_t pages_max = 0;                    ///< bound of the file's size; 0: none
};

/// Blob parameters and columns.
using Bytes = std::span<const std::uint8_t>;

/// A running statement. Its destructor returns the prepared statement, so destroy it before the
/// next use of the same SQL text and before its Connection.
class Query {
  public:
    /// Sets `io_failed` on an input/output error; `io_failed` must outlive the query.
    Query(sqlite3_stmt* statement, bool& io_failed)
        : statement_(statement), io_failed_(&io_failed) {}
    Query(Query&& other) noexcept
        : statement_(std::exchange(other.statement_, nullptr)), io_failed_(other.io_failed_) {}
    Query& operator=(Query&&) = delete;
    ~Query();

    /// True: there is a row; its columns are valid until the next call.
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
    /// Creates the file unless read-only, for its owner only (mode 0600). Uses WAL and foreign
    /// keys.
    static Result<Connection> open(const std::string& path, ConnectionOptions options = {});

    /// Prepares `sql` at its first use and caches it for the connection's lifetime: pass literals.
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

    /// Runs the statement to its end. Returns the number of changed rows. Does not copy the
    /// parameters.
    template <class... Parameters>
    Result<std::int64_t> run(std::string_view sql, const Parameters&... parameters) {
        auto statement = prepared(sql);
        if (!statement) return statement.error();
        Query query(*statement, health_->io_failed);
        int index = 0;
        (bind(*statement, ++index, parameters, false), ...);
        return finish(query);
    }

    /// Runs several statements without caching them.
    Result<void> execute(const char* sql);

    /// The version of the file's schema (PRAGMA user_version); 0 for a new file.
    Result<std::int64_t> version();

    bool in_transaction() const;

    /// Call it between transactions.
    Result<void> set_synchronous(Synchronous synchronous);

    /// Copies the whole write-ahead log into the file and flushes both.
    Result<void> checkpoint();

    /// A statement or a checkpoint met an input/output error; SQLite itself does not report those
    /// of checkpoints. The content of the disk is then unknown, and a later successful flush proves
    /// nothing (https://wiki.postgresql.org/wiki/Fsync_Errors): close this connection and open
    /// another.
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
        std::int64_t checkpoint_pages = 0;  ///< in the log, before a checkpoint
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
    std::unordered_map<std::string_view, StatementPtr> statements_;  // destroyed before database_
};

/// The destructor rolls back unless it was committed.
class Transaction {
  public:
    /// For writing.
    static Result<Transaction> begin(Connection& connection);
    /// For many reads: each alone would lock and unlock the file.
    static Result<Transaction> begin_reading(Connection& connection);
    Transaction(Transaction&& other) noexcept
        : connection_(std::exchange(other.connection_, nullptr)) {}
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction();

    /// After an error nothing of the transaction is stored.
    Result<void> commit();

  private:
    explicit Transaction(Connection& connection) : connection_(&connection) {}
    static Result<Transaction> begin(Connection& connection, std::string_view how);

    Connection* connection_;
};

}  // namespace rotacast::store
