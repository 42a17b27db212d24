#include "store/file_lock.hpp"

#include "store/database_path.hpp"
#include "store/journal_mark.hpp"
#include "store/scratch_directory.hpp"
#include "store/sqlite.hpp"
#include "store/sqlite_deliveries.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace rotacast::store {
namespace {

namespace fs = std::filesystem;

std::string refusal_of(const Result<FileLock>& taken) {
    return taken ? "none" : taken.error().message;
}

TEST(FileLock, IsFoundUnderTheNameOfAHardLink) {
    const ScratchDirectory folder;
    const auto path = folder.file("rotacast.db");
    const auto other = folder.file("other.db");
    const auto held = FileLock::take(path, path);
    ASSERT_TRUE(held);
    fs::create_hard_link(path, other);
    EXPECT_EQ(refusal_of(FileLock::take(other, other)),
              "Another process has the database " + other + " in use.");
}

TEST(FileLock, OfTheDeliveriesIsFoundUnderTheNameOfAHardLink) {
    const ScratchDirectory folder;
    const auto held = SqliteDeliveries::open(folder.file("rotacast.db-bus"));
    ASSERT_TRUE(held);
    fs::create_hard_link(folder.file("rotacast.db-bus"), folder.file("other.db-bus"));
    const auto other = folder.file("other.db-bus");
    const auto refused = SqliteDeliveries::open(other);
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error().message, "Another process has the database " + other + " in use.");
}

// SQLite's locks and these must not meet, or the server would wait for itself.
TEST(FileLock, DoesNotKeepSqliteOut) {
    const ScratchDirectory folder;
    const auto path = folder.file("rotacast.db");
    const auto held = FileLock::take(path, path);
    ASSERT_TRUE(held);
    auto connection = Connection::open(path).value();
    EXPECT_TRUE(connection.execute("CREATE TABLE one (id INTEGER)"));
}

TEST(DatabasePath, OfALinkIsThatOfTheFile) {
    const ScratchDirectory folder;
    const auto path = fs::canonical(folder.file(".")).string() + "/real/rotacast.db";
    fs::create_directory(folder.file("real"));
    std::ofstream(path) << "";
    fs::create_symlink(path, folder.file("link.db"));
    fs::create_directory_symlink("real", folder.file("folder"));
    EXPECT_EQ(resolve_database(folder.file("link.db")).value(), path);
    EXPECT_EQ(resolve_database(folder.file("folder/rotacast.db")).value(), path);
    EXPECT_EQ(resolve_database(folder.file("folder/new.db")).value(),
              fs::path(path).parent_path() / "new.db");
}

// Earlier versions named these files after the link.
TEST(DatabasePath, OfALinkIsRefusedWhileItsFilesAreBesideTheLink) {
    const ScratchDirectory folder;
    fs::create_directory(folder.file("real"));
    std::ofstream(folder.file("real/rotacast.db")) << "";
    std::ofstream(folder.file("link.db-bus")) << "";
    fs::create_symlink(folder.file("real/rotacast.db"), folder.file("link.db"));
    const auto refused = resolve_database(folder.file("link.db"), {"-mark", "-bus"});
    ASSERT_TRUE(refused.has_error());
    EXPECT_TRUE(refused.error().message.ends_with(
        "; move it to " + fs::canonical(folder.file("real/rotacast.db")).string() + "-bus"))
        << refused.error().message;
    fs::rename(folder.file("link.db-bus"), folder.file("real/rotacast.db-bus"));
    EXPECT_TRUE(resolve_database(folder.file("link.db"), {"-mark", "-bus"}));
}

TEST(CannotOpen, NamesTheFileAndTheReason) {
    const ScratchDirectory folder;
    const auto here = folder.file("folder");
    fs::create_directory(here);
    EXPECT_EQ(Connection::open(here).error().message,
              "The database " + here + " cannot be opened: Is a directory.");
    const auto nowhere = folder.file("nowhere/rotacast.db");
    const auto no_folder = " cannot be opened: there is no folder " + folder.file("nowhere") + ".";
    EXPECT_EQ(Connection::open(nowhere).error().message, "The database " + nowhere + no_folder);
    EXPECT_EQ(JournalMarkFile::open(nowhere).error().message,
              "The journal's mark " + nowhere + no_folder);
    EXPECT_EQ(refusal_of(FileLock::take(nowhere, "x.db")), "The lock file " + nowhere + no_folder);
}

}  // namespace
}  // namespace rotacast::store
