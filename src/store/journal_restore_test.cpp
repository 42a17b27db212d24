// The journal's file was restored from a copy or truncated by power loss.

#include "bus/journal.hpp"
#include "store/journal_requests_for_tests.hpp"
#include "store/scratch_directory.hpp"
#include "store/sqlite_journal.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace rotacast::store {
namespace {

namespace fs = std::filesystem;
using bus::append_now;
using bus::one_event;

class JournalRestoreTest : public testing::Test {
  protected:
    void open() {
        journal.reset();
        journal = SqliteJournal::open(path, options).value();
    }
    void add(int entries) {
        for (int i = 0; i < entries; ++i) ASSERT_TRUE(append_now(*journal, one_event()));
    }
    std::string epoch() const { return journal->state().epoch; }

    /// Copies the file and its write-ahead log as they are now.
    void copy_to(const std::string& to) const {
        for (const char* part : {"", "-wal"}) {
            fs::remove(to + part);
            if (fs::exists(path + part)) fs::copy_file(path + part, to + part);
        }
        fs::remove(to + "-shm");
    }
    void put_back(const std::string& from) {
        journal.reset();
        for (const char* part : {"", "-wal", "-shm"}) fs::remove(path + part);
        for (const char* part : {"", "-wal"})
            if (fs::exists(from + part)) fs::copy_file(from + part, path + part);
    }
    /// Overwrites the content of the existing file.
    void overwrite_with(const std::string& from) {
        journal.reset();
        for (const char* part : {"-wal", "-shm"}) fs::remove(path + part);
        for (const char* part : {"", "-wal"})
            if (fs::exists(from + part))
                std::ofstream(path + part, std::ios::binary | std::ios::trunc)
                    << std::ifstream(from + part, std::ios::binary).rdbuf();
    }
    void change_mark(const std::function<void(JournalMark&)>& change) const {
        auto file = JournalMarkFile::open(path + "-mark").value();
        auto mark = file.read().value();
        change(mark);
        ASSERT_TRUE(file.write(mark));
    }

    ScratchDirectory folder;
    std::string path = folder.file("test.db");
    std::string copy = folder.file("copy.db");
    SqliteJournalOptions options;
    std::unique_ptr<SqliteJournal> journal;
};

TEST_F(JournalRestoreTest, TheEpochSurvivesRestarts) {
    open();
    const auto first = epoch();
    add(3);
    open();
    EXPECT_EQ(epoch(), first);
    journal.reset();
    change_mark([](JournalMark& mark) { mark.clean = false; });  // as if it had been killed
    open();
    EXPECT_EQ(epoch(), first);
    EXPECT_EQ(journal->shared_with(first), 3U);
    EXPECT_FALSE(journal->shared_with("another"));
}

TEST_F(JournalRestoreTest, ARestoredCopyGetsANewEpoch) {
    open();
    const auto first = epoch();
    add(100);
    copy_to(copy);
    add(5);
    put_back(copy);
    open();
    const auto second = epoch();
    EXPECT_NE(second, first);
    EXPECT_EQ(journal->state().last, 100U);
    EXPECT_EQ(journal->shared_with(first), 100U);
    EXPECT_EQ(append_now(*journal, one_event()).value().at(0).offset, 101U);
    open();
    EXPECT_EQ(epoch(), second);
    // Restoring the same copy again: the epoch in between shares the copy's entries too.
    add(3);
    put_back(copy);
    open();
    EXPECT_NE(epoch(), first);
    EXPECT_NE(epoch(), second);
    EXPECT_EQ(journal->shared_with(first), 100U);
    EXPECT_EQ(journal->shared_with(second), 100U);
}

TEST_F(JournalRestoreTest, ACopyWrittenIntoTheSameFileGetsANewEpoch) {
    open();
    const auto first = epoch();
    add(100);
    copy_to(copy);
    add(5);
    overwrite_with(copy);
    open();
    EXPECT_NE(epoch(), first);
    EXPECT_EQ(journal->shared_with(first), 100U);
}

TEST_F(JournalRestoreTest, AJournalShorterThanAHandlersPositionGetsANewEpoch) {
    open();
    const auto first = epoch();
    add(4);
    journal.reset();
    options.seen = {{first, {4}}};
    open();
    EXPECT_EQ(epoch(), first);
    options.seen = {{first, {7}}};
    open();
    EXPECT_NE(epoch(), first);
    EXPECT_EQ(journal->shared_with(first), 4U);
}

TEST_F(JournalRestoreTest, AJournalWithoutItsMarkGetsANewEpoch) {
    open();
    const auto first = epoch();
    add(4);
    journal.reset();
    fs::remove(path + "-mark");
    open();
    EXPECT_NE(epoch(), first);
}

TEST_F(JournalRestoreTest, AfterPowerLossThatMayHaveLostCommitsTheEpochIsNew) {
    options.connection.synchronous = Synchronous::normal;
    open();
    const auto first = epoch();
    add(100);
    const auto reached_the_disk = fs::file_size(path + "-wal");
    add(5);
    copy_to(copy);
    fs::resize_file(copy + "-wal", reached_the_disk + 1000);  // plus a part of the next commit
    overwrite_with(copy);
    change_mark([](JournalMark& mark) {  // the mark was not flushed either
        mark.seen = 90;
        mark.clean = false;
        mark.boot = "another";
    });
    open();
    EXPECT_EQ(journal->state().last, 100U);
    EXPECT_NE(epoch(), first);
    EXPECT_EQ(journal->shared_with(first), 100U);
    EXPECT_EQ(append_now(*journal, one_event()).value().at(0).offset, 101U);
}

TEST_F(JournalRestoreTest, ACleanlyClosedJournalKeepsItsEpochAfterPowerLoss) {
    options.connection.synchronous = Synchronous::normal;
    open();
    const auto first = epoch();
    add(5);
    journal.reset();
    change_mark([](JournalMark& mark) {
        EXPECT_TRUE(mark.clean);
        mark.boot = "another";
    });
    open();
    EXPECT_EQ(epoch(), first);
}

}  // namespace
}  // namespace rotacast::store
