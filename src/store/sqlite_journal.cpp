#include "store/sqlite_journal.hpp"

#include "base/log.hpp"

#include <pthread.h>

namespace rotacast::store {
namespace {

Error unavailable(const char* message) {
    return {ErrorCode::unavailable, message, ""};
}

}  // namespace

Result<std::unique_ptr<SqliteJournal>> SqliteJournal::open(const std::string& path,
                                                           SqliteJournalOptions options) {
    auto file = JournalFile::take(path, options.connection, options.enricher);
    if (!file) return file.error();
    std::unique_ptr<SqliteJournal> journal(new SqliteJournal(std::move(*file), std::move(options)));
    if (auto opened = journal->open_file(journal->options_.seen); !opened) return opened.error();
    if (auto started = journal->upkeep_.start(); !started) return started.error();
    journal->start();
    return journal;
}

SqliteJournal::SqliteJournal(JournalFile file, SqliteJournalOptions options)
    : options_(std::move(options)),
      file_(std::move(file)),
      upkeep_(
          file_,
          view_,
          {options_.retention, options_.maintenance_interval, options_.clock, options_.steady}) {}

void SqliteJournal::start() {
    feed_.start();
    thread_ = std::thread([this] { run(); });
    pthread_setname_np(thread_.native_handle(), "journal");
}

SqliteJournal::~SqliteJournal() {
    close();
}

void SqliteJournal::follow(Tail tail) {
    feed_.follow(std::move(tail));
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
    return view_.read(after, limit);
}

bus::JournalState SqliteJournal::state() const {
    return view_.state();
}

std::optional<bus::Offset> SqliteJournal::shared_with(const std::string& epoch) const {
    return view_.shared_with(epoch);
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
        if (auto closed = file_.finish(); !closed)
            log::error("The journal was not closed as it should be: {}", closed.error().message);
    });
}

}  // namespace rotacast::store
