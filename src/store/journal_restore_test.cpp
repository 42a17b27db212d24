// The journal's file is not what it was: put back from a copy, or cut by a loss of power.

#include "bus/journal.hpp"
#include "store/journal_suite.hpp"
#include "store/scratch_directory.hpp"
#include "store/sqlite_journal.hpp"

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

    /// With its log, as it stands there now.
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
    /// Into the file that is there.
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

TEST_F(JournalRestoreTest, TheEpochStaysFromStartToStart) {
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

TEST_F(JournalRestoreTest, ACopyPutBackGoesOnUnderAnotherEpoch) {
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
    // The same copy again: of the epoch between, too, it is known what is left.
    add(3);
    put_back(copy);
    open();
    EXPECT_NE(epoch(), first);
    EXPECT_NE(epoch(), second);
    EXPECT_EQ(journal->shared_with(first), 100U);
    EXPECT_EQ(journal->shared_with(second), 100U);
}

TEST_F(JournalRestoreTest, ACopyWrittenIntoTheSameFileDoesToo) {
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

TEST_F(JournalRestoreTest, AJournalWhoseHandlersWereFurtherDoesToo) {
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

TEST_F(JournalRestoreTest, WithoutItsMarkItDoesToo) {
    open();
    const auto first = epoch();
    add(4);
    journal.reset();
    fs::remove(path + "-mark");
    open();
    EXPECT_NE(epoch(), first);
}

TEST_F(JournalRestoreTest, AfterPowerLossTheLastCommitsMayBeGoneAndTheEpochIsAnother) {
    options.connection.synchronous = Synchronous::normal;
    open();
    const auto first = epoch();
    add(100);
    const auto reached_the_disk = fs::file_size(path + "-wal");
    add(5);
    copy_to(copy);
    fs::resize_file(copy + "-wal", reached_the_disk + 1000);  // and a part of the next commit
    overwrite_with(copy);
    change_mark([](JournalMark& mark) {  // it was not flushed either
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

TEST_F(JournalRestoreTest, ClosedAsItShouldBeItOutlivesPowerLossWithNormalToo) {
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
