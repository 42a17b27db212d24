#pragma once

// What every Directory has to do. For tests: instantiate DirectorySuite with a factory per
// implementation, in one file per test program.

#include "auth/directory.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <set>
#include <thread>

namespace rotacast::auth {

/// Makes an empty directory. What is returned keeps alive whatever the directory needs.
struct DirectoryFactory {
    std::string name;
    std::function<std::shared_ptr<Directory>()> make;
};

inline void PrintTo(const DirectoryFactory& factory, std::ostream* out) {
    *out << factory.name;
}

class DirectorySuite : public testing::TestWithParam<DirectoryFactory> {
  protected:
    DirectorySuite() : directory(GetParam().make()) {}

    User add(const std::string& name, Role role = Role::resident) {
        User user;
        user.id = Uuid::random();
        user.username = name;
        user.email = name + "@example.org";
        user.role = role;
        user.hashed_password = "hash of " + name;
        EXPECT_TRUE(directory->add_user(user)) << name;
        return user;
    }

    User row(const Uuid& id) { return directory->find_user(id).value().value(); }

    std::int64_t seq() { return directory->changes_since(0).value().last_seq; }

    template <class T>
    static ErrorCode code(const Result<T>& result) {
        return result.has_error() ? result.error().code : ErrorCode{};
    }

    std::shared_ptr<Directory> directory;
};

TEST_P(DirectorySuite, KeepsEveryColumnOfAUser) {
    User user;
    user.id = Uuid::random();
    user.username = "Zoë O'Neil";
    user.role = Role::clinical_staff;
    user.active = false;
    user.person_id = Uuid::random();
    user.hashed_password = "$2b$04$x";
    const auto before = now();
    ASSERT_TRUE(directory->add_user(user));
    for (const auto& found : {directory->find_user(user.id).value(),
                              directory->find_user_by_name("Zoë O'Neil").value()}) {
        ASSERT_TRUE(found);
        EXPECT_EQ(found->id, user.id);
        EXPECT_EQ(found->username, user.username);
        EXPECT_EQ(found->email, "");
        EXPECT_EQ(found->role, user.role);
        EXPECT_FALSE(found->active);
        EXPECT_EQ(found->person_id, user.person_id);
        EXPECT_EQ(found->hashed_password, user.hashed_password);
        EXPECT_GE(found->created_at, before);
        EXPECT_EQ(found->updated_at, found->created_at);
        EXPECT_FALSE(found->last_login);
    }
}

TEST_P(DirectorySuite, NobodyIsFoundUnderAnotherNameOrIdentifier) {
    add("ann");
    EXPECT_FALSE(directory->find_user(Uuid::random()).value());
    EXPECT_FALSE(directory->find_user_by_name("Ann").value());
    EXPECT_FALSE(directory->find_user_by_name("ann' OR '1'='1").value());
}

TEST_P(DirectorySuite, NameEmailAndIdentifierAreTakenOnce) {
    const auto ann = add("ann");
    auto again = ann;
    again.username = "other";
    again.email = "";
    EXPECT_EQ(code(directory->add_user(again)), ErrorCode::conflict);
    again.id = Uuid::random();
    again.username = "ann";
    EXPECT_EQ(code(directory->add_user(again)), ErrorCode::conflict);
    again.username = "other";
    again.email = ann.email;
    EXPECT_EQ(code(directory->add_user(again)), ErrorCode::conflict);
    again.email = "";
    EXPECT_TRUE(directory->add_user(again));
    add("third");
    again.id = Uuid::random();
    for (const auto& bad : {std::string(), std::string(101, 'x'), std::string("a\nb")}) {
        again.username = bad;
        EXPECT_EQ(code(directory->add_user(again)), ErrorCode::invalid_field);
    }
    EXPECT_EQ(directory->list_users().value().size(), 3U);
}

TEST_P(DirectorySuite, ListsUsersByName) {
    for (const char* name : {"cid", "ann", "bob"}) add(name);
    std::vector<std::string> names;
    const auto users = directory->list_users().value();
    for (const auto& user : users) names.push_back(user.username);
    EXPECT_EQ(names, (std::vector<std::string>{"ann", "bob", "cid"}));
}

TEST_P(DirectorySuite, ChangesAUser) {
    const auto id = add("ann").id;
    const auto person = Uuid::random();
    const Timestamp login{std::chrono::milliseconds(1'767'096'000'123)};
    EXPECT_TRUE(directory->set_active(id, false));
    EXPECT_FALSE(row(id).active);
    EXPECT_TRUE(directory->set_active(id, true));
    EXPECT_TRUE(row(id).active);
    EXPECT_TRUE(directory->set_role(id, Role::admin));
    EXPECT_EQ(row(id).role, Role::admin);
    EXPECT_TRUE(directory->set_person(id, person));
    EXPECT_EQ(row(id).person_id, person);
    EXPECT_TRUE(directory->set_person(id, std::nullopt));
    EXPECT_FALSE(row(id).person_id);
    EXPECT_TRUE(directory->set_password(id, "other"));
    EXPECT_EQ(row(id).hashed_password, "other");
    EXPECT_TRUE(directory->touch_login(id, login));
    EXPECT_EQ(row(id).last_login, login);
}

TEST_P(DirectorySuite, ChangingNobodyIsRefused) {
    const auto nobody = Uuid::random();
    EXPECT_EQ(code(directory->set_active(nobody, false)), ErrorCode::not_found);
    EXPECT_EQ(code(directory->set_role(nobody, Role::admin)), ErrorCode::not_found);
    EXPECT_EQ(code(directory->set_person(nobody, nobody)), ErrorCode::not_found);
    EXPECT_EQ(code(directory->set_password(nobody, "x")), ErrorCode::not_found);
    EXPECT_EQ(code(directory->touch_login(nobody, now())), ErrorCode::not_found);
}

TEST_P(DirectorySuite, RevokedTokensAreKnownUntilForgotten) {
    const auto time = now();
    EXPECT_FALSE(directory->is_revoked("one").value());
    EXPECT_TRUE(directory->revoke({"one", TokenType::access, Uuid::random(), time}).value());
    EXPECT_TRUE(directory
                    ->revoke({"two",
                              TokenType::refresh,
                              std::nullopt,
                              time + std::chrono::hours(1),
                              "refresh_rotation"})
                    .value());
    EXPECT_TRUE(directory->is_revoked("one").value());
    EXPECT_TRUE(directory->is_revoked("two").value());
    EXPECT_EQ(directory->forget_expired_revocations(time + std::chrono::minutes(1)).value(), 1);
    EXPECT_FALSE(directory->is_revoked("one").value());
    EXPECT_TRUE(directory->is_revoked("two").value());
}

TEST_P(DirectorySuite, OnlyOneOfManyRotatesARefreshToken) {
    std::atomic<int> winners = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&] {
            const auto mine = directory->revoke({"jti", TokenType::refresh, std::nullopt, now()});
            if (mine && *mine) ++winners;
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(winners, 1);
}

TEST_P(DirectorySuite, ApiKeysAreFoundByTheKeyAlone) {
    const auto key = directory->add_api_key("back-end.1").value();
    EXPECT_TRUE(key.starts_with("rk_"));
    EXPECT_EQ(key.size(), 3U + 43U);
    EXPECT_NE(directory->add_api_key("other").value(), key);
    EXPECT_EQ(directory->find_api_key(key).value(), "back-end.1");
    for (const auto& wrong : {key + "x",
                              key.substr(0, key.size() - 1),
                              std::string("back-end.1"),
                              std::string("rk_"),
                              std::string()})
        EXPECT_FALSE(directory->find_api_key(wrong).value()) << "length " << wrong.size();
    const auto keys = directory->list_api_keys().value();
    ASSERT_EQ(keys.size(), 2U);
    EXPECT_EQ(keys[0].name, "back-end.1");
    EXPECT_EQ(keys[1].name, "other");
}

TEST_P(DirectorySuite, ApiKeysEndAndTheirNamesAreChecked) {
    const auto key = directory->add_api_key("a").value();
    EXPECT_EQ(code(directory->add_api_key("a")), ErrorCode::conflict);
    EXPECT_TRUE(directory->revoke_api_key("a"));
    EXPECT_FALSE(directory->find_api_key(key).value());
    EXPECT_EQ(code(directory->revoke_api_key("a")), ErrorCode::not_found);
    EXPECT_TRUE(directory->add_api_key("a"));
    for (const auto& bad :
         {std::string(), std::string("a b"), std::string("a:b"), std::string(101, 'a')})
        EXPECT_EQ(code(directory->add_api_key(bad)), ErrorCode::invalid_field) << bad;
}

TEST_P(DirectorySuite, TellsWhoChangedAndWhatWasRevoked) {
    const auto ann = add("ann");
    const auto bob = add("bob");
    const auto start = seq();
    EXPECT_TRUE(directory->changes_since(start).value().user_ids.empty());

    EXPECT_TRUE(directory->set_active(bob.id, false));
    EXPECT_TRUE(directory->set_role(bob.id, Role::rn));
    EXPECT_TRUE(directory->revoke({"jti", TokenType::access, ann.id, now()}).value());
    EXPECT_FALSE(directory->revoke({"jti", TokenType::access, ann.id, now()}).value());
    const auto changes = directory->changes_since(start).value();
    EXPECT_EQ(changes.user_ids, std::vector<Uuid>{bob.id});
    EXPECT_EQ(changes.revoked_jtis, std::vector<std::string>{"jti"});
    EXPECT_TRUE(changes.complete);
    EXPECT_GT(changes.last_seq, start);

    const auto later = directory->changes_since(changes.last_seq).value();
    EXPECT_EQ(later.last_seq, changes.last_seq);
    EXPECT_TRUE(later.user_ids.empty());
    EXPECT_TRUE(later.revoked_jtis.empty());
}

TEST_P(DirectorySuite, ALoginIsNoChange) {
    const auto ann = add("ann");
    const auto start = seq();
    EXPECT_TRUE(directory->touch_login(ann.id, now()));
    EXPECT_EQ(seq(), start);
}

}  // namespace rotacast::auth
