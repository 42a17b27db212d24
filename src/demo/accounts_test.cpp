#include "demo/accounts.hpp"

#include "auth/password.hpp"
#include "demo/access_file.hpp"
#include "store/scratch_directory.hpp"
#include "store/sqlite_directory.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace rotacast::demo {
namespace {

namespace fs = std::filesystem;

class Accounts : public testing::Test {
  protected:
    Access prepare() {
        auto access = prepare_accounts(*directory_, *directory_, programme_, folder_);
        EXPECT_TRUE(access) << access.error().message;
        return access ? std::move(*access) : Access{};
    }
    void expect_usable(const Access& access) {
        ASSERT_EQ(access.logins.size(), 4u);
        for (const auto& login : access.logins) {
            const auto user = directory_->find_user_by_name(login.username);
            ASSERT_TRUE(user && *user) << login.username;
            EXPECT_EQ((*user)->role, login.role);
            EXPECT_TRUE(auth::Passwords(4).verify(login.password, (*user)->hashed_password));
        }
        EXPECT_EQ(directory_->find_api_key(access.api_key).value()->name, api_key_name);
    }

    store::ScratchDirectory scratch_;
    fs::path folder_ = scratch_.file("demo");
    Programme programme_ = make_programme(7, 2025);
    std::unique_ptr<store::SqliteDirectory> directory_ =
        store::SqliteDirectory::open(scratch_.file("demo.db")).value();
};

TEST_F(Accounts, CreatesAnAccountForEverybodyAndPasswordsForFour) {
    expect_usable(prepare());
    const auto users = directory_->list_users().value();
    EXPECT_EQ(users.size(), programme_.people.size());
    std::size_t with_password = 0;
    for (const auto& user : users) with_password += user.hashed_password.empty() ? 0 : 1;
    EXPECT_EQ(with_password, 4u);
}

TEST_F(Accounts, AreUnchangedAtTheSecondStart) {
    const auto first = prepare();
    const auto second = prepare();
    ASSERT_EQ(first.logins.size(), second.logins.size());
    for (std::size_t i = 0; i < first.logins.size(); ++i) {
        EXPECT_EQ(first.logins[i].username, second.logins[i].username);
        EXPECT_EQ(first.logins[i].password, second.logins[i].password);
    }
    EXPECT_EQ(first.api_key, second.api_key);
}

TEST_F(Accounts, WorkAgainWhenTheirFileIsLost) {
    const auto first = prepare();
    fs::remove(folder_ / access_file_name);
    const auto second = prepare();
    expect_usable(second);
    EXPECT_NE(first.api_key, second.api_key);
    EXPECT_FALSE(directory_->find_api_key(first.api_key).value());
}

TEST_F(Accounts, WorkAgainWhenTheDatabaseIsLost) {
    const auto first = prepare();
    directory_ = store::SqliteDirectory::open(scratch_.file("another.db")).value();
    const auto second = prepare();
    expect_usable(second);
    EXPECT_EQ(first.logins.front().password, second.logins.front().password);
}

TEST_F(Accounts, KeepTheirSecretsFromOthers) {
    prepare();
    const auto mode = fs::status(folder_ / access_file_name).permissions();
    EXPECT_EQ(mode, fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(Accounts, RejectAFileThatCannotBeParsed) {
    fs::create_directories(folder_);
    std::ofstream(folder_ / access_file_name) << "{\"logins\":[]}";
    const auto access = prepare_accounts(*directory_, *directory_, programme_, folder_);
    ASSERT_FALSE(access);
    EXPECT_EQ(access.error().code, ErrorCode::unavailable);
}

TEST(Password, IsNewEachTimeAndEasyToType) {
    const auto password = make_password();
    EXPECT_EQ(password.size(), 14u);
    EXPECT_EQ(password.find_first_not_of("abcdefghijkmnpqrstuvwxyz23456789-"), std::string::npos);
    EXPECT_NE(password, make_password());
}

}  // namespace
}  // namespace rotacast::demo
