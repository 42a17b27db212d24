#include "store/sqlite_journal.hpp"

#include "store/schema.hpp"

#include <pthread.h>

#include <algorithm>

namespace rotacast::store {
namespace {

Error unavailable(const char* message) {
    return {ErrorCode::unavailable, message, ""};
}

}  // namespace

Result<std::unique_ptr<SqliteJournal>> SqliteJournal::open(const std::string& path,
                                                           SqliteJournalOptions options) {
    auto lock = FileLock::take(path + ".lock");
    if (!lock) return lock.error();
    auto writer = open_database(path, options.connection);
    if (!writer) return writer.error();
    auto reader = JournalReader::open(path);
    if (!reader) return reader.error();
    auto extent = JournalTable::load(*writer);
    if (!extent) return extent.error();
    extent = JournalTable(*writer, options.enricher).restore_facts(*extent, *reader);
    if (!extent) return extent.error();
    return std::unique_ptr<SqliteJournal>(new SqliteJournal(std::move(*lock),
                                                            std::move(*writer),
                                                            std::move(*reader),
                                                            std::move(*extent),
                                                            std::move(options)));
}

SqliteJournal::SqliteJournal(FileLock lock,
                             Connection writer,
                             JournalReader reader,
                             JournalExtent extent,
                             SqliteJournalOptions options)
    : options_(std::move(options)),
      lock_(std::move(lock)),
      writer_(std::move(writer)),
      extent_(std::move(extent)),
      next_maintenance_(std::chrono::steady_clock::now()),
      reader_(std::move(reader)) {
    show_extent();
    thread_ = std::thread([this] { run(); });
    pthread_setname_np(thread_.native_handle(), "journal");
}

SqliteJournal::~SqliteJournal() {
    close();
}

void SqliteJournal::follow(Tail tail) {
    tail_ = std::move(tail);
}

void SqliteJournal::append(bus::AppendRequest request, Done done) {
    auto pending = prepare(std::move(request));
    if (!pending) return done(pending.error());
    pending->done = std::move(done);
    if (auto refusal = enqueue(*pending)) pending->done(std::move(*refusal));
}

std::optional<Error> SqliteJournal::enqueue(PendingAppend& pending) {
    const std::scoped_lock lock(mutex_);
    if (closing_) return unavailable("The journal is closed.");
    if (queue_.size() >= options_.pending_requests_max ||
        queued_bytes_ + pending.bytes > options_.pending_bytes_max)
        return unavailable("Too many events are waiting to be stored.");
    queued_bytes_ += pending.bytes;
    queue_.push_back(std::move(pending));
    wake_.notify_one();
    return std::nullopt;
}

Result<bus::EntryBatchPtr> SqliteJournal::read(bus::Offset after, std::size_t limit) {
    const auto state = this->state();
    after = std::max(after, state.first - 1);
    if (after >= state.last || limit == 0)
        return std::make_shared<const bus::EntryBatch>(bus::EntryBatch{state.epoch, {}, 0});
    const std::scoped_lock lock(reader_mutex_);
    return reader_.read(state.epoch, after, state.last, limit);
}

bus::JournalState SqliteJournal::state() const {
    const std::scoped_lock lock(mutex_);
    return state_;
}

void SqliteJournal::close() {
    std::call_once(closed_, [this] {
        {
            const std::scoped_lock lock(mutex_);
            closing_ = true;
            wake_.notify_one();
        }
        thread_.join();
    });
}

}  // namespace rotacast::store
