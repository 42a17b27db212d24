#include "store/sqlite_journal.hpp"

#include "base/log.hpp"

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
    auto lock = FileLock::take(path + ".lock", path);
    if (!lock) return lock.error();
    auto keeper = EpochKeeper::open(path, options.connection.synchronous);
    if (!keeper) return keeper.error();
    std::unique_ptr<SqliteJournal> journal(
        new SqliteJournal(path, std::move(*lock), std::move(*keeper), std::move(options)));
    if (auto opened = journal->open_file(journal->options_.seen); !opened) return opened.error();
    const auto newest = journal->writer_->table.newest();
    if (!newest) return newest.error();
    const auto noted = journal->keeper_.noted_time();
    journal->start(noted ? noted : *newest);
    return journal;
}

SqliteJournal::SqliteJournal(std::string path,
                             FileLock lock,
                             EpochKeeper keeper,
                             SqliteJournalOptions options)
    : path_(std::move(path)),
      options_(std::move(options)),
      lock_(std::move(lock)),
      keeper_(std::move(keeper)),
      next_maintenance_(std::chrono::steady_clock::now()) {}

void SqliteJournal::start(std::optional<Timestamp> known) {
    retention_clock_.emplace(known);
    published_ = extent_.last;
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
    if (queue_.size() + held_.size() >= options_.pending_requests_max ||
        queued_bytes_ + pending.bytes > options_.pending_bytes_max)
        return unavailable("Too many events are waiting to be stored.");
    queued_bytes_ += pending.bytes;
    queue_.push_back(std::move(pending));
    wake_.notify_one();
    return std::nullopt;
}

Result<bus::EntryBatchPtr> SqliteJournal::read(bus::Offset after, std::size_t limit) {
    const std::scoped_lock lock(reader_mutex_);
    const auto state = this->state();
    after = std::max(after, state.first - 1);
    if (after >= state.last || limit == 0)
        return std::make_shared<const bus::EntryBatch>(
            bus::EntryBatch{.epoch = state.epoch, .entries = {}, .last = state.last});
    if (!reader_) return unavailable("The journal cannot be read at present.");
    return reader_->read(state.epoch, after, state.last, limit);
}

bus::JournalState SqliteJournal::state() const {
    const std::scoped_lock lock(mutex_);
    return state_;
}

std::optional<bus::Offset> SqliteJournal::shared_with(const std::string& epoch) const {
    const std::scoped_lock lock(mutex_);
    if (epoch == state_.epoch) return state_.last;
    const auto found = std::ranges::find(former_, epoch, &FormerEpoch::epoch);
    return found == former_.end() ? std::nullopt : std::optional(found->shared);
}

void SqliteJournal::close() {
    std::call_once(closed_, [this] {
        if (!thread_.joinable()) return;  // open() failed
        {
            const std::scoped_lock lock(mutex_);
            closing_ = true;
            wake_.notify_one();
        }
        thread_.join();
        if (auto closed = finish(); !closed)
            log::error("The journal was not closed as it should be: {}", closed.error().message);
    });
}

}  // namespace rotacast::store
