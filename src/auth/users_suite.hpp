#pragma once

// The contract of Users, as tests. Instantiate UsersSuite with a factory per implementation, in one
// file per test program.

#include "auth/users.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

namespace rotacast::auth {

/// Creates an empty store. The pointer keeps alive what it needs.
struct UsersFactory {
    std::string name;
    std::function<std::shared_ptr<Users>()> make;
};

inline void PrintTo(const UsersFactory& factory, std::ostream* out) {
    *out << factory.name;
}

class UsersSuite : public testing::TestWithParam<UsersFactory> {
  protected:
    User add(const std::string& name, Role role = Role::resident) {
        User user;
        user.id = Uuid::random();
        user.username = name;
        user.email = name + "@example.org";
        user.role = role;
        user.hashed_password = "hash of " + name;
        EXPECT_TRUE(users->add_user(user)) << name;
        return user;
    }

    User row(const Uuid& id) { return users->find_user(id).value().value(); }

    template <class T>
    static ErrorCode code(const Result<T>& result) {
        return result.has_error() ? result.error().code : ErrorCode{};
    }

    std::shared_ptr<Users> users = GetParam().make();
};

TEST_P(UsersSuite, KeepsEveryColumnOfAUser) {
    User user;
    user.id = Uuid::random();
    user.username = "Zoë O'Neil";
    user.role = Role::clinical_staff;
    user.active = false;
    user.person_id = Uuid::random();
    user.hashed_password = "$2b$04$x";
    const auto before = now();
    ASSERT_TRUE(users->add_user(user));
    for (const auto& found :
         {users->find_user(user.id).value(), users->find_user_by_name("Zoë O'Neil").value()}) {
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

TEST_P(UsersSuite, NobodyIsFoundUnderAnotherNameOrIdentifier) {
    add("ann");
    EXPECT_FALSE(users->find_user(Uuid::random()).value());
    EXPECT_FALSE(users->find_user_by_name("Ann").value());
    EXPECT_FALSE(users->find_user_by_name("ann' OR '1'='1").value());
}

TEST_P(UsersSuite, NameEmailAndIdentifierAreUnique) {
    const auto ann = add("ann");
    auto again = ann;
    again.username = "other";
    again.email = "";
    EXPECT_EQ(code(users->add_user(again)), ErrorCode::conflict);
    again.id = Uuid::random();
    again.username = "ann";
    EXPECT_EQ(code(users->add_user(again)), ErrorCode::conflict);
    again.username = "other";
    again.email = ann.email;
    EXPECT_EQ(code(users->add_user(again)), ErrorCode::conflict);
    again.email = "";
    EXPECT_TRUE(users->add_user(again));
    add("third");
    again.id = Uuid::random();
    for (const auto& bad : {std::string(), std::string(101, 'x'), std::string("a\nb")}) {
        again.username = bad;
        EXPECT_EQ(code(users->add_user(again)), ErrorCode::invalid_field);
    }
    EXPECT_EQ(users->list_users().value().size(), 3U);
}

TEST_P(UsersSuite, ListsUsersByName) {
    for (const char* name : {"cid", "ann", "bob"}) add(name);
    std::vector<std::string> names;
    const auto all = users->list_users().value();
    for (const auto& user : all) names.push_back(user.username);
    EXPECT_EQ(names, (std::vector<std::string>{"ann", "bob", "cid"}));
}

TEST_P(UsersSuite, ChangesAUser) {
    const auto id = add("ann").id;
    const auto person = Uuid::random();
    const Timestamp login{std::chrono::milliseconds(1'767'096'000'123)};
    EXPECT_TRUE(users->set_active(id, false));
    EXPECT_FALSE(row(id).active);
    EXPECT_TRUE(users->set_active(id, true));
    EXPECT_TRUE(row(id).active);
    EXPECT_TRUE(users->set_role(id, Role::admin));
    EXPECT_EQ(row(id).role, Role::admin);
    EXPECT_TRUE(users->set_person(id, person));
    EXPECT_EQ(row(id).person_id, person);
    EXPECT_TRUE(users->set_person(id, std::nullopt));
    EXPECT_FALSE(row(id).person_id);
    EXPECT_TRUE(users->set_password(id, "other"));
    EXPECT_EQ(row(id).hashed_password, "other");
    EXPECT_TRUE(users->touch_login(id, login));
    EXPECT_EQ(row(id).last_login, login);
}

TEST_P(UsersSuite, SigningOutADeactivationAndAPasswordEndTokens) {
    const auto id = add("ann").id;
    EXPECT_FALSE(row(id).tokens_from);
    EXPECT_TRUE(users->set_role(id, Role::admin));
    EXPECT_TRUE(users->set_active(id, true));
    EXPECT_FALSE(row(id).tokens_from);
    const auto ends_now = [&](const Result<void>& changed) {
        EXPECT_TRUE(changed);
        const auto from = row(id).tokens_from;
        return from && *from > now() - std::chrono::hours(1) &&
               *from == std::chrono::floor<std::chrono::seconds>(*from);
    };
    EXPECT_TRUE(ends_now(users->sign_out(id)));
    const auto other = add("ben").id;
    EXPECT_TRUE(users->set_active(other, false));
    const auto from = row(other).tokens_from;
    EXPECT_TRUE(from);
    EXPECT_TRUE(users->set_active(other, true));
    EXPECT_EQ(row(other).tokens_from, from) << "activating brings no token back";
    const auto third = add("cid").id;
    EXPECT_TRUE(users->set_password(third, "other"));
    EXPECT_TRUE(row(third).tokens_from);
}

TEST_P(UsersSuite, ChangingAnUnknownUserIsRefused) {
    const auto nobody = Uuid::random();
    EXPECT_EQ(code(users->set_active(nobody, false)), ErrorCode::not_found);
    EXPECT_EQ(code(users->set_role(nobody, Role::admin)), ErrorCode::not_found);
    EXPECT_EQ(code(users->set_person(nobody, nobody)), ErrorCode::not_found);
    EXPECT_EQ(code(users->set_password(nobody, "x")), ErrorCode::not_found);
    EXPECT_EQ(code(users->sign_out(nobody)), ErrorCode::not_found);
    EXPECT_EQ(code(users->touch_login(nobody, now())), ErrorCode::not_found);
}

}  // namespace rotacast::auth
