#include "store/sqlite.hpp"

#include "store/cannot_open.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

namespace rotacast::store {
namespace {

Error translated(int code) {
    const std::string text = sqlite3_errstr(code);
    switch (code & 0xff) {
        case SQLITE_CONSTRAINT:
            return {ErrorCode::conflict, "The database has such a row already.", ""};
        case SQLITE_ERROR:
        case SQLITE_MISUSE:
        case SQLITE_RANGE:
        case SQLITE_MISMATCH:
        case SQLITE_SCHEMA: return {ErrorCode::internal, "Database: " + text + '.', ""};
        // A full disk, another writer or a broken disk: the caller may retry.
        default: return {ErrorCode::unavailable, "Database: " + text + '.', ""};
    }
}

bool is_io_failure(int code) {
    switch (code & 0xff) {
        case SQLITE_IOERR:
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB: return true;
        default: return false;
    }
}

// SQLite's default is 4 MB. With four times as much, the pages at the end of a table, which every
// commit writes, are copied a quarter as often.
constexpr std::int64_t checkpoint_bytes = 16 << 20;

/// Creates the file readable by its owner only. Does not open an existing file: closing it would
/// release the locks that this process holds on it (POSIX advisory locks).
void create_private(const std::string& path) {
    const int fd = ::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0) ::close(fd);
}

}  // namespace

Query::~Query() {
    if (!statement_) return;
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

Result<bool> Query::next() {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    if (is_io_failure(code)) *io_failed_ = true;
    return translated(code);
}

bool Query::is_null(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Query::integer(int column) const {
    return sqlite3_column_int64(statement_, column);
}

std::string_view Query::text(int column) const {
    const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    if (!data) return {};
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

Bytes Query::blob(int column) const {
    const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
    if (!data) return {};
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

void Connection::Close::operator()(sqlite3* database) const {
    sqlite3_close_v2(database);
}

void Connection::Finalize::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

Result<Connection> Connection::open(const std::string& path, ConnectionOptions options) {
    if (!options.read_only) create_private(path);
    const int flags =
        options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    sqlite3* database = nullptr;
    const int code = sqlite3_open_v2(
        path.c_str(), &database, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    Connection connection(database);  // even a failed open may need closing
    if (const int number = database ? sqlite3_system_errno(database) : 0;
        (code & 0xff) == SQLITE_CANTOPEN && number != 0)
        return cannot_open("The database", path, number);
    if (code != SQLITE_OK) return translated(code);
    if (auto configured = connection.configure(options); !configured) return configured.error();
    return connection;
}

Result<void> Connection::configure(const ConnectionOptions& options) {
    sqlite3_busy_timeout(database_.get(), static_cast<int>(options.busy_timeout.count()));
    // Plan each cached statement once. Otherwise SQLite plans it again for each new value of a
    // parameter that may decide whether a partial index applies.
    sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_ENABLE_QPSG, 1, nullptr);
    if (auto done = execute("PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY"); !done) return done;
    if (options.read_only) return {};
    const auto page = "PRAGMA page_size=" + std::to_string(options.page_bytes);
    if (auto done = execute(page.c_str()); !done) return done;
    if (auto done = execute("PRAGMA journal_mode=WAL; PRAGMA journal_size_limit=67108864"); !done)
        return done;
    const auto page_bytes = integer_of("PRAGMA page_size");
    if (!page_bytes) return page_bytes.error();
    health_->checkpoint_pages = checkpoint_bytes / *page_bytes;
    sqlite3_wal_hook(database_.get(), &committed, health_.get());
    if (options.pages_max > 0) {
        const auto bound = "PRAGMA max_page_count=" + std::to_string(options.pages_max);
        if (auto done = execute(bound.c_str()); !done) return done;
    }
    return set_synchronous(options.synchronous);
}

Result<void> Connection::set_synchronous(Synchronous synchronous) {
    return execute(synchronous == Synchronous::full ? "PRAGMA synchronous=FULL"
                                                    : "PRAGMA synchronous=NORMAL");
}

/// Checkpoints as SQLite would by itself (wal_autocheckpoint), but reports errors.
int Connection::committed(void* of, sqlite3* database, const char* name, int pages) {
    auto& health = *static_cast<Health*>(of);
    if (pages < health.checkpoint_pages) return SQLITE_OK;
    const int code =
        sqlite3_wal_checkpoint_v2(database, name, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    if (is_io_failure(code)) health.io_failed = true;
    return SQLITE_OK;
}

Result<void> Connection::checkpoint() {
    const int code = sqlite3_wal_checkpoint_v2(
        database_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    if (code == SQLITE_OK || (code & 0xff) == SQLITE_BUSY) return {};
    return failed(code);
}

Error Connection::failed(int code) {
    if (is_io_failure(code)) health_->io_failed = true;
    return translated(code);
}

Result<void> Connection::execute(const char* sql) {
    const int code = sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return failed(code);
    return {};
}

Result<std::int64_t> Connection::version() {
    return integer_of("PRAGMA user_version");
}

Result<std::int64_t> Connection::integer_of(std::string_view sql) {
    auto query = this->query(sql);
    if (!query) return query.error();
    if (auto row = query->next(); !row) return row.error();
    return query->integer(0);
}

bool Connection::in_transaction() const {
    return sqlite3_get_autocommit(database_.get()) == 0;
}

Result<sqlite3_stmt*> Connection::prepared(std::string_view sql) {
    if (const auto found = statements_.find(sql); found != statements_.end())
        return found->second.get();
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(database_.get(),
                                        sql.data(),
                                        static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT,
                                        &statement,
                                        nullptr);
    StatementPtr owner(statement);
    if (code != SQLITE_OK) return failed(code);
    statements_.emplace(sql, std::move(owner));
    return statement;
}

Result<std::int64_t> Connection::finish(Query& query) {
    for (;;) {
        const auto row = query.next();
        if (!row) return row.error();
        if (!*row) return sqlite3_changes64(database_.get());
    }
}

// Binding fails only without memory or for an index that the statement lacks; the step then finds
// NULL in a column that forbids it.
void Connection::bind(sqlite3_stmt* statement, int index, std::int64_t value, bool) {
    sqlite3_bind_int64(statement, index, value);
}

void Connection::bind(sqlite3_stmt* statement, int index, std::string_view value, bool copy) {
    sqlite3_bind_text64(statement,
                        index,
                        value.data() ? value.data() : "",
                        value.size(),
                        copy ? SQLITE_TRANSIENT : SQLITE_STATIC,
                        SQLITE_UTF8);
}

void Connection::bind(sqlite3_stmt* statement, int index, Bytes value, bool copy) {
    static constexpr std::uint8_t nothing = 0;
    sqlite3_bind_blob64(statement,
                        index,
                        value.data() ? value.data() : &nothing,
                        value.size(),
                        copy ? SQLITE_TRANSIENT : SQLITE_STATIC);
}

void Connection::bind(sqlite3_stmt* statement, int index, std::nullptr_t, bool) {
    sqlite3_bind_null(statement, index);
}

Result<Transaction> Transaction::begin(Connection& connection) {
    return begin(connection, "BEGIN IMMEDIATE");
}

Result<Transaction> Transaction::begin_reading(Connection& connection) {
    return begin(connection, "BEGIN");
}

Result<Transaction> Transaction::begin(Connection& connection, std::string_view how) {
    // Only after a failed rollback, e.g. when the disk was unavailable for a while.
    if (connection.in_transaction())
        if (auto ended = connection.execute("ROLLBACK"); !ended) return ended.error();
    if (auto begun = connection.run(how); !begun) return begun.error();
    return Transaction(connection);
}

Transaction::~Transaction() {
    // SQLite ends a transaction by itself after some errors, e.g. on a full disk.
    if (connection_ && connection_->in_transaction()) (void)connection_->execute("ROLLBACK");
}

Result<void> Transaction::commit() {
    const auto committed = connection_->run("COMMIT");
    if (!committed) return committed.error();
    connection_ = nullptr;
    return {};
}

}  // namespace rotacast::store
