#pragma once

// The contract of AccessChangeFeed, as tests. Instantiate AccessChangesSuite with a factory per
// implementation, in one file per test program.

#include "auth/access_changes.hpp"
#include "auth/revocations.hpp"
#include "auth/users.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace rotacast::auth {

/// One empty store behind the three ports; each pointer keeps alive what it needs.
struct ChangingAccess {
    std::shared_ptr<Users> users;
    std::shared_ptr<Revocations> revocations;
    std::shared_ptr<AccessChangeFeed> feed;
};

struct AccessChangesFactory {
    std::string name;
    std::function<ChangingAccess()> make;
};

inline void PrintTo(const AccessChangesFactory& factory, std::ostream* out) {
    *out << factory.name;
}

class AccessChangesSuite : public testing::TestWithParam<AccessChangesFactory> {
  protected:
    AccessChangesSuite() : AccessChangesSuite(GetParam().make()) {}

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

    std::int64_t seq() { return feed->changes_since(0).value().last_seq; }

    std::shared_ptr<Users> users;
    std::shared_ptr<Revocations> revocations;
    std::shared_ptr<AccessChangeFeed> feed;

  private:
    explicit AccessChangesSuite(ChangingAccess access)
        : users(std::move(access.users)),
          revocations(std::move(access.revocations)),
          feed(std::move(access.feed)) {}
};

TEST_P(AccessChangesSuite, ReportsChangedUsersAndRevokedTokens) {
    const auto ann = add("ann");
    const auto bob = add("bob");
    const auto start = seq();
    EXPECT_TRUE(feed->changes_since(start).value().user_ids.empty());

    EXPECT_TRUE(users->set_active(bob.id, false));
    EXPECT_TRUE(users->set_role(bob.id, Role::rn));
    EXPECT_TRUE(revocations->revoke({"jti", TokenType::access, ann.id, now()}).value());
    EXPECT_FALSE(revocations->revoke({"jti", TokenType::access, ann.id, now()}).value());
    const auto changes = feed->changes_since(start).value();
    EXPECT_EQ(changes.user_ids, std::vector<Uuid>{bob.id});
    EXPECT_EQ(changes.revoked_jtis, std::vector<std::string>{"jti"});
    EXPECT_TRUE(changes.complete);
    EXPECT_GT(changes.last_seq, start);

    const auto later = feed->changes_since(changes.last_seq).value();
    EXPECT_EQ(later.last_seq, changes.last_seq);
    EXPECT_TRUE(later.user_ids.empty());
    EXPECT_TRUE(later.revoked_jtis.empty());
}

TEST_P(AccessChangesSuite, ALoginIsNotReported) {
    const auto ann = add("ann");
    const auto start = seq();
    EXPECT_TRUE(users->touch_login(ann.id, now()));
    EXPECT_EQ(seq(), start);
}

}  // namespace rotacast::auth
