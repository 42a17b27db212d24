#include "store/outbox_file.hpp"

#include "store/stored.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace rotacast::store {
namespace {

constexpr std::int64_t outbox_version = 1;

// AUTOINCREMENT remembers the highest number, so that it is not used again when all rows are gone.
constexpr const char* outbox_schema = R"sql(
CREATE TABLE outbox (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    stored_at INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    request TEXT NOT NULL
);
CREATE TABLE outbox_probe (id INTEGER PRIMARY KEY, ballast BLOB);
PRAGMA user_version=1;
)sql";

/// Smaller files are left as they are.
constexpr std::int64_t shrink_pages_min = 4'096;

Result<void> prepare_outbox_schema(Connection& connection) {
    auto transaction = Transaction::begin(connection);
    if (!transaction) return transaction.error();
    const auto version = connection.version();
    if (!version) return version.error();
    if (*version == outbox_version) return {};
    if (*version > outbox_version)
        return Error{
            ErrorCode::internal, "The outbox was written by a newer version of this program.", ""};
    if (auto done = connection.execute(outbox_schema); !done) return done;
    return transaction->commit();
}

std::int64_t outbox_bounded(std::uint64_t value) {
    constexpr std::uint64_t integer_max = std::numeric_limits<std::int64_t>::max();
    return static_cast<std::int64_t>(std::min(value, integer_max));
}

/// The integer columns of the only row.
Result<std::vector<std::int64_t>> integers_of(Connection& connection,
                                              std::string_view sql,
                                              int columns) {
    auto query = connection.query(sql);
    if (!query) return query.error();
    const auto row = query->next();
    if (!row) return row.error();
    std::vector<std::int64_t> values;
    values.reserve(static_cast<std::size_t>(columns));
    for (int i = 0; i < columns; ++i) values.push_back(*row ? query->integer(i) : 0);
    return values;
}

}  // namespace

Result<OutboxFile> OutboxFile::open(const std::string& path, const ConnectionOptions& options) {
    auto connection = Connection::open(path, options);
    if (!connection) return connection.error();
    OutboxFile file(std::move(*connection));
    // Write again what a failed flush may have lost.
    if (auto done = file.connection_->checkpoint(); !done) return done.error();
    if (auto done = prepare_outbox_schema(*file.connection_); !done) return done.error();
    if (auto done = file.count(); !done) return done.error();
    if (file.has_failed()) return Error{ErrorCode::unavailable, "The outbox' disk has failed.", ""};
    return file;
}

OutboxFile::OutboxFile(Connection connection)
    : connection_(std::make_unique<Connection>(std::move(connection))) {}

Result<void> OutboxFile::count() {
    const auto rows =
        integers_of(*connection_, "SELECT count(*), coalesce(sum(bytes), 0) FROM outbox", 2);
    if (!rows) return rows.error();
    const auto last = integers_of(
        *connection_, "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'outbox'", 1);
    if (!last) return last.error();
    extent_ = {static_cast<std::size_t>((*rows)[0]),
               static_cast<std::size_t>((*rows)[1]),
               static_cast<std::uint64_t>((*last)[0])};
    return {};
}

Result<void> OutboxFile::begin() {
    committed_ = extent_;
    auto transaction = Transaction::begin(*connection_);
    if (!transaction) return transaction.error();
    transaction_.emplace(std::move(*transaction));
    return {};
}

Result<void> OutboxFile::add(std::uint64_t sequence, Timestamp stored_at, std::string_view text) {
    const auto added = connection_->run(
        "INSERT INTO outbox (sequence, stored_at, bytes, request) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (sequence) DO NOTHING",
        static_cast<std::int64_t>(sequence),
        stored(stored_at),
        static_cast<std::int64_t>(text.size()),
        text);
    if (!added) return added.error();
    if (*added != 1) return {};
    ++extent_.rows;
    extent_.bytes += text.size();
    extent_.last = std::max(extent_.last, sequence);
    return {};
}

Result<void> OutboxFile::remove(std::uint64_t sequence) {
    return count_removed(connection_->query("DELETE FROM outbox WHERE sequence = ? RETURNING bytes",
                                            outbox_bounded(sequence)));
}

Result<void> OutboxFile::remove_up_to(std::uint64_t last) {
    return count_removed(connection_->query(
        "DELETE FROM outbox WHERE sequence <= ? RETURNING bytes", outbox_bounded(last)));
}

Result<void> OutboxFile::count_removed(Result<Query> query) {
    if (!query) return query.error();
    for (;;) {
        const auto row = query->next();
        if (!row) return row.error();
        if (!*row) return {};
        --extent_.rows;
        extent_.bytes -= static_cast<std::size_t>(query->integer(0));
    }
}

Result<void> OutboxFile::commit() {
    auto done = transaction_->commit();
    if (done)
        transaction_.reset();
    else
        roll_back();
    return done;
}

void OutboxFile::roll_back() {
    transaction_.reset();
    extent_ = committed_;
}

Result<void> OutboxFile::probe() {
    if (auto done = connection_->run("REPLACE INTO outbox_probe VALUES (1, zeroblob(65536))");
        !done)
        return done.error();
    if (auto done = connection_->run("DELETE FROM outbox_probe"); !done) return done.error();
    return {};
}

Result<void> OutboxFile::shrink() {
    if (extent_.rows > 0) return {};
    const auto pages = integers_of(*connection_, "PRAGMA page_count", 1);
    if (!pages) return pages.error();
    if ((*pages)[0] < shrink_pages_min) return {};
    if (auto done = connection_->execute("VACUUM"); !done) return done;
    return connection_->checkpoint();
}

Result<OutboxReader> OutboxReader::open(const std::string& path) {
    auto connection = Connection::open(path, {.read_only = true});
    if (!connection) return connection.error();
    return OutboxReader(std::move(*connection));
}

Result<std::vector<OutboxReader::Row>> OutboxReader::read(std::uint64_t after,
                                                          std::size_t limit,
                                                          std::size_t bytes_max) {
    auto query = connection_.query(
        "SELECT sequence, stored_at, request FROM outbox WHERE sequence > ? "
        "ORDER BY sequence LIMIT ?",
        outbox_bounded(after),
        outbox_bounded(limit));
    if (!query) return query.error();
    std::vector<Row> rows;
    for (std::size_t bytes = 0; bytes < bytes_max;) {
        const auto row = query->next();
        if (!row) return row.error();
        if (!*row) break;
        rows.push_back({static_cast<std::uint64_t>(query->integer(0)),
                        time_at(*query, 1),
                        std::string(query->text(2))});
        bytes += rows.back().text.size();
    }
    return rows;
}

}  // namespace rotacast::store
