// The suite of every Journal, over SqliteJournal and over a ReplicaJournal that follows a common
// order.

#include "store/journal_suite.hpp"

#include "store/common_order_for_tests.hpp"
#include "store/journal_version_suite.hpp"
#include "store/scratch_directory.hpp"
#include "store/sqlite_journal.hpp"

namespace rotacast::bus {
namespace {

JournalFactory sqlite(const std::string& name, const store::SqliteJournalOptions& options) {
    return {name, [options] {
                auto folder = std::make_shared<store::ScratchDirectory>();
                return [folder, options]() -> std::unique_ptr<Journal> {
                    return store::SqliteJournal::open(folder->file("test.db"), options).value();
                };
            }};
}

JournalFactory replica(const std::string& name, const store::ReplicaJournalOptions& options) {
    return {name, [options] {
                auto folder = std::make_shared<store::ScratchDirectory>();
                auto order = std::make_shared<store::CommonOrder>();
                return [folder, order, options]() -> std::unique_ptr<Journal> {
                    return std::make_unique<store::OrderedReplica>(
                        store::ReplicaJournal::open(folder->file("test.db"), options).value(),
                        order);
                };
            }};
}

template <class Options>
Options with_small_commits() {
    Options options;
    options.commit_entries_max = 3;
    options.connection.synchronous = store::Synchronous::normal;
    return options;
}

INSTANTIATE_TEST_SUITE_P(
    Sqlite,
    JournalSuite,
    testing::Values(sqlite("default", {}),
                    sqlite("small commits", with_small_commits<store::SqliteJournalOptions>())));

INSTANTIATE_TEST_SUITE_P(
    Replica,
    JournalSuite,
    testing::Values(replica("default", {}),
                    replica("small commits", with_small_commits<store::ReplicaJournalOptions>())));

}  // namespace
}  // namespace rotacast::bus
