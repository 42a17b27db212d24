#include "store/faulty_vfs_for_tests.hpp"

#include "store/scratch_directory.hpp"
#include "store/sqlite.hpp"

#include <gtest/gtest.h>

namespace rotacast::store {
namespace {

class FaultyVfsTest : public testing::Test {
  protected:
    Connection open() {
        auto connection = Connection::open(folder.file("test.db")).value();
        EXPECT_TRUE(connection.execute("CREATE TABLE t (x)"));
        return connection;
    }

    FaultyVfs vfs;
    ScratchDirectory folder;
};

TEST_F(FaultyVfsTest, OnlyTheNthSyncFails) {
    auto connection = open();
    vfs.watch("-wal");
    const auto syncs = vfs.syncs();
    vfs.fail_sync(2);
    EXPECT_TRUE(connection.run("INSERT INTO t VALUES (1)"));
    const auto failed = connection.run("INSERT INTO t VALUES (2)");
    ASSERT_TRUE(failed.has_error());
    EXPECT_EQ(failed.error().code, ErrorCode::unavailable);
    EXPECT_TRUE(connection.run("INSERT INTO t VALUES (3)"));
    EXPECT_EQ(vfs.failures(), 1);
    EXPECT_EQ(vfs.syncs(), syncs + 3);
}

TEST_F(FaultyVfsTest, TheDiskIsFullUntilItIsHealed) {
    auto connection = open();
    vfs.fail_write(1, FaultyVfs::for_ever);
    EXPECT_TRUE(connection.run("INSERT INTO t VALUES (1)").has_error());
    EXPECT_TRUE(connection.run("INSERT INTO t VALUES (1)").has_error());
    vfs.heal();
    EXPECT_TRUE(connection.run("INSERT INTO t VALUES (1)"));
}

TEST_F(FaultyVfsTest, FaultsApplyOnlyToWatchedFiles) {
    auto connection = open();
    vfs.watch("other.db");
    vfs.fail_write(1, FaultyVfs::for_ever);
    vfs.fail_sync(1, FaultyVfs::for_ever);
    EXPECT_TRUE(connection.run("INSERT INTO t VALUES (1)"));
    EXPECT_EQ(vfs.failures(), 0);
}

}  // namespace
}  // namespace rotacast::store
