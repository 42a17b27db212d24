#include "store/sqlite_directory.hpp"

#include "auth/access_changes_suite.hpp"
#include "auth/api_keys_suite.hpp"
#include "auth/revocations_suite.hpp"
#include "auth/users_suite.hpp"
#include "store/schema.hpp"
#include "store/scratch_directory.hpp"

#include <sys/stat.h>

namespace rotacast::auth {
namespace {

struct Kept {
    store::ScratchDirectory folder;
    std::unique_ptr<store::SqliteDirectory> directory;
};

std::shared_ptr<store::SqliteDirectory> make_sqlite() {
    auto kept = std::make_shared<Kept>();
    kept->directory = store::SqliteDirectory::open(kept->folder.file("test.db")).value();
    return {kept, kept->directory.get()};
}

ChangingAccess make_changing() {
    const auto directory = make_sqlite();
    return {directory, directory, directory};
}

INSTANTIATE_TEST_SUITE_P(Sqlite, UsersSuite, testing::Values(UsersFactory{"sqlite", make_sqlite}));
INSTANTIATE_TEST_SUITE_P(Sqlite,
                         RevocationsSuite,
                         testing::Values(RevocationsFactory{"sqlite", make_sqlite}));
INSTANTIATE_TEST_SUITE_P(Sqlite,
                         ApiKeysSuite,
                         testing::Values(ApiKeysFactory{"sqlite", make_sqlite}));
INSTANTIATE_TEST_SUITE_P(Sqlite,
                         AccessChangesSuite,
                         testing::Values(AccessChangesFactory{"sqlite", make_changing}));

}  // namespace
}  // namespace rotacast::auth

namespace rotacast::store {
namespace {

class SqliteDirectoryTest : public testing::Test {
  protected:
    std::unique_ptr<SqliteDirectory> open() { return SqliteDirectory::open(path).value(); }

    ScratchDirectory folder;
    std::string path = folder.file("test.db");
};

auth::User user_named(const std::string& name) {
    auth::User user;
    user.id = Uuid::random();
    user.username = name;
    return user;
}

TEST_F(SqliteDirectoryTest, OnlyTheOwnerCanReadTheFile) {
    const auto directory = open();
    ASSERT_TRUE(directory->add_user(user_named("ann")));
    for (const char* suffix : {"", "-wal", "-shm"}) {
        struct stat status {};
        ASSERT_EQ(::stat((path + suffix).c_str(), &status), 0) << suffix;
        EXPECT_EQ(status.st_mode & 0777, 0600U) << suffix;
    }
}

TEST_F(SqliteDirectoryTest, AnotherProcessSeesTheChange) {
    const auto server = open();
    const auto command = open();
    const auto ann = user_named("ann");
    const auto start = server->changes_since(0).value().last_seq;
    ASSERT_TRUE(command->add_user(ann));
    EXPECT_EQ(server->changes_since(start).value().user_ids, std::vector<Uuid>{ann.id});
    EXPECT_TRUE(server->find_user(ann.id).value());
}

TEST_F(SqliteDirectoryTest, ADeletionByAnotherProgramIsAChange) {
    const auto directory = open();
    const auto ann = user_named("ann");
    ASSERT_TRUE(directory->add_user(ann));
    const auto start = directory->changes_since(0).value().last_seq;
    auto other = Connection::open(path).value();
    ASSERT_TRUE(other.run("DELETE FROM users"));
    EXPECT_EQ(directory->changes_since(start).value().user_ids, std::vector<Uuid>{ann.id});
    EXPECT_FALSE(directory->find_user(ann.id).value());
}

TEST_F(SqliteDirectoryTest, AUserWithNullActiveIsInactive) {
    const auto directory = open();
    const auto ann = user_named("ann");
    ASSERT_TRUE(directory->add_user(ann));
    auto other = Connection::open(path).value();
    ASSERT_TRUE(other.run("UPDATE users SET is_active = NULL"));
    EXPECT_FALSE(directory->find_user(ann.id).value()->active);
    EXPECT_TRUE(other.run("UPDATE users SET role = 'root'").has_error());
}

TEST_F(SqliteDirectoryTest, TrimmedChangesAreReportedAsIncomplete) {
    const auto directory = open();
    ASSERT_TRUE(directory->add_user(user_named("ann")));
    auto other = Connection::open(path).value();
    ASSERT_TRUE(other.execute(
        "BEGIN; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10050) "
        "INSERT INTO directory_changes (jti) SELECT 'j' || i FROM n; COMMIT"));
    const auto all = directory->changes_since(0).value();
    EXPECT_FALSE(all.complete);
    EXPECT_EQ(all.revoked_jtis.size(), 10'000U);
    EXPECT_TRUE(directory->changes_since(all.last_seq - 10).value().complete);
}

TEST_F(SqliteDirectoryTest, TheFileContainsNoPlainKeys) {
    const auto directory = open();
    const auto key = directory->add_api_key("a", {}).value();
    auto other = Connection::open(path).value();
    auto query = other.query("SELECT key_sha256 FROM api_keys").value();
    ASSERT_TRUE(query.next().value());
    EXPECT_EQ(query.text(0).size(), 64U);
    EXPECT_EQ(query.text(0).find(key.substr(3)), std::string_view::npos);
}

TEST_F(SqliteDirectoryTest, ReadsWhileAnotherProcessWrites) {
    const auto directory = open();
    const auto ann = user_named("ann");
    ASSERT_TRUE(directory->add_user(ann));
    auto other = Connection::open(path).value();
    auto transaction = Transaction::begin(other).value();
    ASSERT_TRUE(other.run("UPDATE users SET is_active = 0"));
    EXPECT_TRUE(directory->find_user(ann.id).value()->active);
    ASSERT_TRUE(transaction.commit());
    EXPECT_FALSE(directory->find_user(ann.id).value()->active);
}

TEST_F(SqliteDirectoryTest, ALockedFileIsUnavailableToWriters) {
    const auto directory =
        SqliteDirectory::open(path, {.busy_timeout = std::chrono::milliseconds(1)}).value();
    auto other = Connection::open(path).value();
    const auto transaction = Transaction::begin(other).value();
    const auto added = directory->add_user(user_named("ann"));
    ASSERT_TRUE(added.has_error());
    EXPECT_EQ(added.error().code, ErrorCode::unavailable);
}

TEST_F(SqliteDirectoryTest, AFileOfANewerVersionIsRefused) {
    open();
    ASSERT_TRUE(Connection::open(path).value().execute("PRAGMA user_version=99"));
    EXPECT_EQ(SqliteDirectory::open(path).error().code, ErrorCode::internal);
    EXPECT_TRUE(open_database(path, {.read_only = true}).has_error());
}

TEST_F(SqliteDirectoryTest, AFileThatIsNoDatabaseIsRefused) {
    EXPECT_TRUE(SqliteDirectory::open(folder.file("no/such/folder")).has_error());
    EXPECT_TRUE(open_database(folder.file("absent"), {.read_only = true}).has_error());
}

}  // namespace
}  // namespace rotacast::store
