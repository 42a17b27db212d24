#pragma once

// For tests of SqliteJournal alone: a journal in a scratch directory, and a writer that is held.

#include "store/journal_requests_for_tests.hpp"
#include "store/scratch_directory.hpp"
#include "store/sqlite_journal.hpp"

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace rotacast::store {

using bus::append;
using bus::append_now;
using bus::Offset;
using bus::one_event;
using bus::request_of;
using bus::some_event;

class SqliteJournalTest : public testing::Test {
  protected:
    void open() {
        journal.reset();
        journal = SqliteJournal::open(path, options).value();
    }

    ErrorCode refusal(bus::AppendRequest request) {
        const auto result = append_now(*journal, std::move(request));
        return result.has_error() ? result.error().code : ErrorCode{};
    }

    /// Returns after the writer has run retention for everything before: it does so between two
    /// batches.
    void pass_a_batch() {
        for (int i = 0; i < 2; ++i) ASSERT_TRUE(append_now(*journal, one_event()));
    }

    void wait_until_writable() const {
        while (!journal->state().writable) std::this_thread::yield();
    }

    std::vector<Offset> read_offsets(Offset after) const {
        std::vector<Offset> result;
        const auto batch = journal->read(after, 100'000).value();
        for (const auto& entry : batch->entries) result.push_back(entry.offset);
        return result;
    }

    ScratchDirectory folder;
    std::string path = folder.file("test.db");
    SqliteJournalOptions options;
    std::unique_ptr<SqliteJournal> journal;
};

/// Holds the writer inside a callback until it is released.
class HeldWriter {
  public:
    explicit HeldWriter(SqliteJournal& journal) {
        std::promise<void> reached;
        journal.append(one_event(), [&reached, let_go = let_go_.get_future().share()](const auto&) {
            reached.set_value();
            let_go.wait();
        });
        reached.get_future().wait();
    }
    void let_go() { let_go_.set_value(); }

  private:
    std::promise<void> let_go_;
};

}  // namespace rotacast::store
