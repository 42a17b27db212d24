#include "store/delivery_file.hpp"

#include "store/delivery_schema.hpp"

namespace rotacast::store {
namespace {

// A commit changes a few scattered rows and index entries, and writes the whole pages that hold
// them. Small pages mean less to write (docs/adr/0025).
constexpr std::int64_t deliveries_page_bytes = 1024;

}  // namespace

Result<DeliveryFile> DeliveryFile::open(const std::string& path, ConnectionOptions options) {
    auto lock = FileLock::take(path + ".lock", path);
    if (!lock) return lock.error();
    auto file_lock = FileLock::take(path, path);
    if (!file_lock) return file_lock.error();
    options.page_bytes = deliveries_page_bytes;
    DeliveryFile file(std::move(*lock), std::move(*file_lock), path, options);
    if (auto done = file.connect(); !done) return done.error();
    return file;
}

DeliveryFile::DeliveryFile(FileLock lock,
                           FileLock file_lock,
                           std::string path,
                           ConnectionOptions options)
    : lock_(std::move(lock)),
      file_lock_(std::move(file_lock)),
      path_(std::move(path)),
      options_(options) {}

Result<void> DeliveryFile::connect() {
    connection_.reset();
    auto opened = Connection::open(path_, options_);
    if (!opened) return opened.error();
    auto connection = std::make_unique<Connection>(std::move(*opened));
    // Writes that an earlier connection failed to flush may not be on the disk. Copy the whole
    // write-ahead log into the file again before anything relies on it.
    if (auto done = connection->checkpoint(); !done) return done;
    if (auto done = prepare_delivery_schema(*connection); !done) return done;
    if (auto done = connection->execute(prepared_with_); !done) return done;
    if (connection->io_failed())
        return Error{ErrorCode::unavailable, "The disk of the deliveries has failed.", ""};
    connection_ = std::move(connection);
    durability_ = bus::Durability::durable;
    return {};
}

Result<void> DeliveryFile::prepare_with(const char* sql) {
    prepared_with_ = sql;
    return connection_ ? connection_->execute(sql) : Result<void>();
}

void DeliveryFile::begin(bus::Durability durability) {
    transaction_.reset();
    error_.reset();
    if (!connection_ || connection_->io_failed())
        if (auto connected = connect(); !connected) return fail(connected.error());
    if (durability != durability_) {  // SQLite changes it between transactions only
        const bool durable = durability == bus::Durability::durable;
        const auto set =
            connection_->set_synchronous(durable ? Synchronous::full : Synchronous::normal);
        if (!set) return fail(set.error());
        durability_ = durability;
    }
    auto transaction = Transaction::begin(*connection_);
    if (!transaction) return fail(transaction.error());
    transaction_.emplace(std::move(*transaction));
}

Result<void> DeliveryFile::commit() {
    if (transaction_ && !error_)
        if (auto done = transaction_->commit(); !done) fail(done.error());
    return roll_back();
}

Result<void> DeliveryFile::roll_back() {
    transaction_.reset();
    if (const auto error = std::exchange(error_, std::nullopt)) return *error;
    return {};
}

}  // namespace rotacast::store
