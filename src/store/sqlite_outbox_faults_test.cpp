// The outbox on a failing disk: each row that was answered for is there, once.

#include "base/log.hpp"
#include "store/faulty_vfs_for_tests.hpp"
#include "store/journal_requests_for_tests.hpp"
#include "store/scratch_directory.hpp"
#include "store/sqlite_outbox.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <map>
#include <set>
#include <thread>

namespace rotacast::store {
namespace {

using namespace std::chrono_literals;
using bus::one_event;
using Sequence = SqliteOutbox::Sequence;

class OutboxFaultsTest : public testing::Test {
  protected:
    OutboxFaultsTest() {
        log::set_level("off");
        options.retry_interval = 1ms;
        outbox = SqliteOutbox::open(path, options).value();
    }
    ~OutboxFaultsTest() override {
        outbox.reset();
        log::set_level("info");
    }

    Result<Sequence> add(const bus::AppendRequest& request) {
        std::promise<Result<Sequence>> promise;
        outbox->add(request, [&](Result<Sequence> added) { promise.set_value(std::move(added)); });
        return promise.get_future().get();
    }
    /// Adds a request until it succeeds.
    void keep() {
        const auto request = one_event();
        for (;;) {
            const auto added = add(request);
            if (added) {
                const auto id = *request.envelopes[0].metadata.event_id;
                EXPECT_TRUE(answered.emplace(*added, id).second) << "a number was used twice";
                return;
            }
            EXPECT_EQ(added.error().code, ErrorCode::unavailable);
            std::this_thread::yield();
        }
    }
    void drop(Sequence sequence) {
        for (;;) {
            std::promise<Result<void>> promise;
            outbox->remove({sequence},
                           [&](Result<void> done) { promise.set_value(std::move(done)); });
            if (promise.get_future().get()) break;
            std::this_thread::yield();
        }
        answered.erase(sequence);
        dropped.insert(sequence);
    }
    void wait_until_writable() const {
        while (!outbox->state().writable) std::this_thread::yield();
    }
    /// Rows whose answer was "unknown" may be there too.
    void check() {
        wait_until_writable();
        std::map<Sequence, Uuid> found;
        for (const auto& row : outbox->read(0, 100'000).value())
            found[row.sequence] = *row.request->envelopes[0].metadata.event_id;
        for (const auto& [sequence, id] : answered) {
            ASSERT_TRUE(found.contains(sequence)) << "lost";
            EXPECT_EQ(found.at(sequence), id);
        }
        for (const auto sequence : dropped) EXPECT_FALSE(found.contains(sequence));
        EXPECT_EQ(outbox->state().rows, found.size());
    }

    FaultyVfs vfs;
    ScratchDirectory folder;
    std::string path = folder.file("test.db-outbox");
    SqliteOutboxOptions options;
    std::unique_ptr<SqliteOutbox> outbox;
    std::map<Sequence, Uuid> answered;
    std::set<Sequence> dropped;
};

TEST_F(OutboxFaultsTest, AnyCommitCanFailToBeFlushed) {
    for (int i = 0; i < 100; ++i) {
        vfs.fail_sync(1);
        const auto failures = vfs.failures();
        keep();
        EXPECT_EQ(vfs.failures(), failures + 1);
        vfs.fail_sync(1);
        if (i % 2 == 1) drop(answered.begin()->first);
    }
    vfs.heal();
    check();
    EXPECT_EQ(outbox->state().rows, answered.size());
}

TEST_F(OutboxFaultsTest, AnyCommitCanFailToBeWritten) {
    for (const int code : {SQLITE_IOERR_WRITE, SQLITE_FULL}) {
        for (int i = 0; i < 100; ++i) {
            vfs.fail_write(1 + i % 4, 1, code);
            keep();
            vfs.fail_write(1 + i % 4, 1, code);
            if (i % 2 == 1) drop(answered.begin()->first);
        }
        vfs.heal();
        check();
    }
}

TEST_F(OutboxFaultsTest, ADiskCanFailForAWhileAndAReopenedFileSaysWhatIsThere) {
    for (int i = 0; i < 20; ++i) {
        keep();
        vfs.fail_sync(1, FaultyVfs::for_ever);
        EXPECT_EQ(add(one_event()).error().code, ErrorCode::unavailable);
        EXPECT_FALSE(outbox->state().writable);
        EXPECT_FALSE(outbox->state().reason.empty());
        vfs.heal();
        check();
    }
    outbox.reset();
    outbox = SqliteOutbox::open(path, options).value();
    check();
}

TEST_F(OutboxFaultsTest, AFailingDiskIsTriedOnlyAtIntervals) {
    outbox.reset();
    options.retry_interval = 1h;
    outbox = SqliteOutbox::open(path, options).value();
    keep();
    vfs.fail_sync(1, FaultyVfs::for_ever);
    ASSERT_TRUE(add(one_event()).has_error());
    ASSERT_TRUE(add(one_event()).has_error());  // the first try has passed then
    const auto syncs = vfs.syncs();
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(add(one_event()).has_error());
    EXPECT_EQ(vfs.syncs(), syncs);
}

}  // namespace
}  // namespace rotacast::store
