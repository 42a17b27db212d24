#include "store/replica_journal.hpp"

#include "base/log.hpp"

#include <pthread.h>

#include <utility>

namespace rotacast::store {
namespace {

Error refused(const char* message) {
    return {ErrorCode::unavailable, message, ""};
}

}  // namespace

Result<std::unique_ptr<ReplicaJournal>> ReplicaJournal::open(const std::string& path,
                                                             ReplicaJournalOptions options) {
    auto file = JournalFile::take(path, options.connection, options.enricher);
    if (!file) return file.error();
    std::unique_ptr<ReplicaJournal> journal(
        new ReplicaJournal(std::move(*file), std::move(options)));
    if (auto opened = journal->open_file(); !opened) return opened.error();
    if (auto started = journal->upkeep_.start(); !started) return started.error();
    journal->start();
    return journal;
}

ReplicaJournal::ReplicaJournal(JournalFile file, ReplicaJournalOptions options)
    : options_(std::move(options)),
      file_(std::move(file)),
      upkeep_(
          file_,
          view_,
          {options_.retention, options_.maintenance_interval, options_.clock, options_.steady}) {}

/// A file that was not a replica yet is first treated as SqliteJournal would: its epoch may become
/// the cluster's, so a copy must not go on in that of its original.
Result<void> ReplicaJournal::open_file() {
    return file_.open(view_,
                      [this](EpochKeeper& keeper, Connection& connection, JournalExtent& extent) {
                          JournalTable table(connection, nullptr);
                          if (extent.replica) return keeper.join(table, extent, options_.seen);
                          if (auto done = keeper.look(table, extent, options_.seen); !done)
                              return done;
                          return ReplicaTable(connection).become_replica(extent);
                      });
}

void ReplicaJournal::start() {
    feed_.start();
    show_seen();
    thread_ = std::thread([this] { run(); });
    pthread_setname_np(thread_.native_handle(), "journal");
}

ReplicaJournal::~ReplicaJournal() {
    close();
}

void ReplicaJournal::follow(Tail tail) {
    feed_.follow(std::move(tail));
}

void ReplicaJournal::when_recovered(std::function<void(bus::Offset)> then) {
    recovered_ = std::move(then);
}

void ReplicaJournal::apply(std::vector<ReplicaEntry> entries, Done<bus::Offset> done) {
    const auto count = entries.size();
    std::size_t bytes = 0;
    for (const auto& entry : entries) bytes += entry.raw.bytes();
    Request request{Apply{std::move(entries), std::move(done), 0, {}}, count, bytes};
    if (auto refusal = enqueue(request)) std::get<Apply>(request.what).done(std::move(*refusal));
}

void ReplicaJournal::begin_at(bus::Offset offset, Done<void> done) {
    Request request{BeginAt{offset, std::move(done)}, 0, 0};
    if (auto refusal = enqueue(request)) std::get<BeginAt>(request.what).done(std::move(*refusal));
}

void ReplicaJournal::rewind(Rewind rewind, Done<std::uint64_t> done) {
    Request request{Turn{std::move(rewind), std::move(done)}, 0, 0};
    if (auto refusal = enqueue(request)) std::get<Turn>(request.what).done(std::move(*refusal));
}

void ReplicaJournal::adopt(std::string epoch,
                           std::vector<FormerEpoch> former,
                           Done<std::uint64_t> done) {
    rewind({~bus::Offset{0}, std::move(epoch), std::move(former), {}}, std::move(done));
}

void ReplicaJournal::evaluate(std::vector<events::Envelope> envelopes,
                              Done<std::vector<Evaluation>> done) {
    const auto count = envelopes.size();
    Request request{Evaluate{std::move(envelopes), std::move(done)}, count, 0};
    if (auto refusal = enqueue(request)) std::get<Evaluate>(request.what).done(std::move(*refusal));
}

void ReplicaJournal::note_complete() {
    Request request{NoteComplete{}, 0, 0};
    (void)enqueue(request);
}

/// The bounds do not apply to requests that are few.
std::optional<Error> ReplicaJournal::enqueue(Request& request) {
    const std::scoped_lock lock(mutex_);
    if (closing_) return refused("The journal is closed.");
    const bool fits = queued_entries_ + request.entries <= options_.pending_entries_max &&
                      queued_bytes_ + request.bytes <= options_.pending_bytes_max;
    if (!fits && queued_entries_ > 0 && request.entries > 0)
        return refused("Too many entries are waiting to be stored.");
    queued_entries_ += request.entries;
    queued_bytes_ += request.bytes;
    queue_.push_back(std::move(request));
    wake_.notify_one();
    return std::nullopt;
}

std::optional<bus::Cursor> ReplicaJournal::seen() const {
    const std::scoped_lock lock(mutex_);
    return seen_;
}

Result<bus::EntryBatchPtr> ReplicaJournal::read(bus::Offset after, std::size_t limit) {
    return view_.read(after, limit);
}

Result<std::vector<RawEntry>> ReplicaJournal::read_raw(bus::Offset after,
                                                       std::size_t limit,
                                                       std::size_t bytes_max) {
    return view_.with_reader([&](JournalReader& reader, const bus::JournalState& state) {
        return reader.read_raw(after, state.last, limit, bytes_max);
    });
}

Result<std::optional<Uuid>> ReplicaJournal::event_at(bus::Offset offset) {
    return view_.with_reader(
        [&](JournalReader& reader, const bus::JournalState& state) -> Result<std::optional<Uuid>> {
            if (offset < state.first || offset > state.last) return std::optional<Uuid>();
            return reader.event_at(offset);
        });
}

Result<std::optional<bus::Offset>> ReplicaJournal::find(const Uuid& event_id) {
    return view_.with_reader(
        [&](JournalReader& reader,
            const bus::JournalState& state) -> Result<std::optional<bus::Offset>> {
            auto found = reader.find(event_id);
            if (found && *found && **found > state.last) return std::optional<bus::Offset>();
            return found;
        });
}

bus::JournalState ReplicaJournal::state() const {
    return view_.state();
}

std::vector<FormerEpoch> ReplicaJournal::former() const {
    return view_.former();
}

std::optional<bus::Offset> ReplicaJournal::shared_with(const std::string& epoch) const {
    return view_.shared_with(epoch);
}

void ReplicaJournal::close() {
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
