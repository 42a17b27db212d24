#include "store/journal_file.hpp"

#include "store/schema.hpp"

#include <utility>

namespace rotacast::store {

Result<JournalFile> JournalFile::take(std::string path,
                                      ConnectionOptions options,
                                      bus::Enricher* enricher) {
    auto lock = FileLock::take(path + ".lock", path);
    if (!lock) return lock.error();
    auto keeper = EpochKeeper::open(path, options.synchronous);
    if (!keeper) return keeper.error();
    return JournalFile(std::move(path), options, enricher, std::move(*lock), std::move(*keeper));
}

JournalFile::JournalFile(std::string path,
                         ConnectionOptions options,
                         bus::Enricher* enricher,
                         FileLock lock,
                         EpochKeeper keeper)
    : path_(std::move(path)),
      options_(options),
      enricher_(enricher),
      lock_(std::move(lock)),
      keeper_(std::move(keeper)) {}

Result<void> JournalFile::open(JournalView& view, const Decide& decide) {
    auto connection = open_database(path_, options_);
    if (!connection) return connection.error();
    auto writer = std::make_unique<Writer>(std::move(*connection), enricher_);
    // Write again what a failed flush may have lost.
    if (auto done = writer->connection.checkpoint(); !done) return done;
    auto reader = JournalReader::open(path_);
    if (!reader) return reader.error();
    auto extent = JournalTable::load(writer->connection);
    if (!extent) return extent.error();
    if (auto done = decide(keeper_, writer->connection, *extent); !done) return done;
    if (writer->connection.io_failed())
        return Error{ErrorCode::unavailable, "The journal's disk has failed.", ""};
    if (auto learnt = learn_facts(writer->table, *extent, *reader); !learnt) return learnt;
    writer_ = std::move(writer);
    extent_ = std::move(*extent);
    view.open(std::move(*reader), extent_, keeper_.former());
    return {};
}

/// After an input/output error the enricher needs only the entries that were stored without an
/// answer; if entries were lost, or in a new epoch, it learns everything again.
Result<void> JournalFile::learn_facts(JournalTable& table,
                                      JournalExtent& extent,
                                      JournalReader& reader) {
    if (!enricher_) return {};
    const bool goes_on = extent.epoch == extent_.epoch && extent.last >= extent_.last;
    if (std::exchange(facts_learnt_, false) && goes_on) {
        if (auto learnt = table.learn_behind(extent_.last, extent, reader); !learnt) return learnt;
    } else {
        enricher_->reset();
        auto restored = table.restore_facts(extent, reader);
        if (!restored) return restored.error();
        extent = std::move(*restored);
    }
    facts_learnt_ = true;
    return {};
}

Result<void> JournalFile::learn_again() {
    facts_learnt_ = false;
    auto reader = JournalReader::open(path_);
    if (!reader) return reader.error();
    return learn_facts(writer_->table, extent_, *reader);
}

void JournalFile::close(JournalView& view) {
    view.close();
    writer_.reset();
}

Result<void> JournalFile::finish() {
    if (!writer_) return Error{ErrorCode::unavailable, "The journal's disk has failed.", ""};
    if (auto done = writer_->connection.set_synchronous(Synchronous::full); !done) return done;
    if (auto done = writer_->table.probe(); !done) return done;
    return keeper_.note_closed();
}

}  // namespace rotacast::store
