#include "store/sqlite_facts.hpp"

#include "store/schema.hpp"
#include "store/scratch_directory.hpp"
#include "store/sqlite_directory.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace rotacast::store {
namespace {

using namespace std::chrono_literals;

/// A node's file.
struct KeptBy {
    explicit KeptBy(const std::string& path)
        : directory(SqliteDirectory::open(path).value()), facts(SqliteFacts::open(path).value()) {}

    /// Everything that it would put into an empty Redis.
    std::vector<Fact> all() { return facts->read(0, 10'000, now()).value().facts; }
    void learn_from(KeptBy& other) { ASSERT_TRUE(facts->merge(other.all(), now())); }

    std::unique_ptr<SqliteDirectory> directory;
    std::unique_ptr<SqliteFacts> facts;
};

void exchange(KeptBy& one, KeptBy& other) {
    for (int i = 0; i < 2; ++i) {
        one.learn_from(other);
        other.learn_from(one);
    }
}

auth::User user(const std::string& name) {
    auth::User user;
    user.id = Uuid::random();
    user.username = name;
    user.email = name + "@hospital.example";
    user.person_id = Uuid::random();
    user.hashed_password = "$2b$x";
    user.role = auth::Role::faculty;
    return user;
}

auth::Revocation revocation(const std::string& jti, Timestamp expires_at) {
    auth::Revocation revocation;
    revocation.jti = jti;
    revocation.expires_at = expires_at;
    return revocation;
}

class SqliteFactsTest : public testing::Test {
  protected:
    ScratchDirectory folder;
    std::string path_of_b = folder.file("b.db");
    KeptBy a{folder.file("a.db")};
    KeptBy b{path_of_b};

    /// Another process' change of b's file, which the clock of b dates before everything else.
    void as_if_long_ago(const char* change) {
        auto connection = open_database(path_of_b).value();
        ASSERT_TRUE(connection.execute(change));
        ASSERT_TRUE(connection.execute("UPDATE fact_versions SET version = 1"));
    }
};

TEST_F(SqliteFactsTest, AUserOfOneNodeIsAUserOfTheOther) {
    const auto ann = user("ann");
    ASSERT_TRUE(a.directory->add_user(ann));
    ASSERT_TRUE(a.directory->sign_out(ann.id));
    b.learn_from(a);
    const auto known = b.directory->find_user(ann.id).value().value();
    const auto expected = a.directory->find_user(ann.id).value().value();
    EXPECT_EQ(known.username, "ann");
    EXPECT_EQ(known.email, ann.email);
    EXPECT_EQ(known.role, ann.role);
    EXPECT_EQ(known.person_id, ann.person_id);
    EXPECT_EQ(known.hashed_password, ann.hashed_password);
    EXPECT_EQ(known.created_at, expected.created_at);
    EXPECT_EQ(known.tokens_from, expected.tokens_from);
    EXPECT_TRUE(known.active);
}

TEST_F(SqliteFactsTest, WhatWasLearnedIsToldByTheChangeFeedLikeALocalChange) {
    const auto ann = user("ann");
    ASSERT_TRUE(a.directory->add_user(ann));
    b.learn_from(a);
    const auto start = b.directory->changes_since(0).value().last_seq;
    ASSERT_TRUE(a.directory->set_active(ann.id, false));
    ASSERT_TRUE(a.directory->revoke(revocation("t1", now() + 1h)));
    b.learn_from(a);
    const auto changes = b.directory->changes_since(start).value();
    EXPECT_EQ(changes.user_ids, std::vector{ann.id});
    EXPECT_EQ(changes.revoked_jtis, std::vector<std::string>{"t1"});
    EXPECT_FALSE(b.directory->find_user(ann.id).value()->active);
    EXPECT_TRUE(b.directory->is_revoked("t1").value());
}

TEST_F(SqliteFactsTest, WhatIsKnownIsNotWrittenAgain) {
    ASSERT_TRUE(a.directory->add_user(user("ann")));
    b.learn_from(a);
    const auto start = b.directory->changes_since(0).value().last_seq;
    const auto up_to = b.facts->read(0, 10'000, now()).value().up_to;
    b.learn_from(a);
    EXPECT_EQ(b.directory->changes_since(start).value().last_seq, start);
    EXPECT_TRUE(b.facts->read(up_to, 10'000, now()).value().facts.empty());
}

TEST_F(SqliteFactsTest, AnotherNodesChangeOfTheRoleDoesNotUndoADeactivation) {
    const auto ann = user("ann");
    ASSERT_TRUE(a.directory->add_user(ann));
    b.learn_from(a);
    ASSERT_TRUE(a.directory->set_active(ann.id, false));
    ASSERT_TRUE(b.directory->set_role(ann.id, auth::Role::admin));
    exchange(a, b);
    for (auto* node : {&a, &b}) {
        const auto known = node->directory->find_user(ann.id).value().value();
        EXPECT_FALSE(known.active);
        EXPECT_EQ(known.role, auth::Role::admin);
    }
}

TEST_F(SqliteFactsTest, TheLaterStatementCounts) {
    const auto ann = user("ann");
    ASSERT_TRUE(a.directory->add_user(ann));
    ASSERT_TRUE(b.directory->add_user(ann));
    as_if_long_ago("UPDATE users SET role = 'rn'");
    exchange(a, b);
    EXPECT_EQ(a.directory->find_user(ann.id).value()->role, auth::Role::faculty);
    EXPECT_EQ(b.directory->find_user(ann.id).value()->role, auth::Role::faculty);
}

TEST_F(SqliteFactsTest, AChangeIsLaterThanTheOneItFollowsWhateverTheClock) {
    const auto ann = user("ann");
    ASSERT_TRUE(a.directory->add_user(ann));
    auto ahead = a.all();
    for (auto& field : ahead.front().fields) field.version += 3'600'000;
    for (auto* node : {&a, &b}) ASSERT_TRUE(node->facts->merge(ahead, now()));
    ASSERT_TRUE(b.directory->set_role(ann.id, auth::Role::msa));
    a.learn_from(b);
    EXPECT_EQ(a.directory->find_user(ann.id).value()->role, auth::Role::msa);
}

TEST_F(SqliteFactsTest, TheEndOfTokensNeverGoesBack) {
    const auto ann = user("ann");
    ASSERT_TRUE(a.directory->add_user(ann));
    ASSERT_TRUE(a.directory->sign_out(ann.id));
    const auto ended = a.directory->find_user(ann.id).value()->tokens_from;
    auto facts = a.all();
    for (auto& field : facts.front().fields)
        if (field.name == "tokens_from") {
            field.value = "2001-01-01T00:00:00.000Z";
            field.version += 1'000'000'000;
        }
    ASSERT_TRUE(a.facts->merge(facts, now()));
    EXPECT_EQ(a.directory->find_user(ann.id).value()->tokens_from, ended);
    b.learn_from(a);
    EXPECT_EQ(b.directory->find_user(ann.id).value()->tokens_from, ended);
}

TEST_F(SqliteFactsTest, OfTwoUsersWithOneNameTheOlderKeepsIt) {
    const auto older = user("ann");
    auto newer = user("ann");
    newer.email.clear();
    ASSERT_TRUE(a.directory->add_user(older));
    ASSERT_TRUE(b.directory->add_user(newer));
    const auto name = "UPDATE users SET created_at = '2099-01-01T00:00:00.000Z'";
    ASSERT_TRUE(open_database(path_of_b).value().execute(name));
    exchange(a, b);
    const auto renamed = "ann~" + to_string(newer.id).substr(0, 8);
    for (auto* node : {&a, &b}) {
        EXPECT_EQ(node->directory->find_user_by_name("ann").value()->id, older.id);
        EXPECT_EQ(node->directory->find_user(newer.id).value()->username, renamed);
    }
}

TEST_F(SqliteFactsTest, AnEmailThatIsTakenIsLeftOut) {
    auto other = user("bob");
    other.email = "ann@hospital.example";
    ASSERT_TRUE(a.directory->add_user(user("ann")));
    ASSERT_TRUE(b.directory->add_user(other));
    b.learn_from(a);
    EXPECT_EQ(b.directory->find_user_by_name("ann").value()->email, "");
    EXPECT_EQ(b.directory->find_user_by_name("bob").value()->email, other.email);
}

TEST_F(SqliteFactsTest, ARemovedUserDoesNotComeBack) {
    const auto ann = user("ann");
    ASSERT_TRUE(a.directory->add_user(ann));
    b.learn_from(a);
    ASSERT_TRUE(open_database(path_of_b).value().execute("DELETE FROM users"));
    exchange(a, b);
    for (auto* node : {&a, &b}) EXPECT_FALSE(node->directory->find_user(ann.id).value());
    exchange(b, a);
    for (auto* node : {&a, &b}) EXPECT_FALSE(node->directory->find_user(ann.id).value());
    ASSERT_TRUE(b.directory->add_user(ann));
    a.learn_from(b);
    EXPECT_TRUE(a.directory->find_user(ann.id).value());
}

TEST_F(SqliteFactsTest, AKeyIsKnownAndRevokedEverywhere) {
    const auto key = a.directory->add_api_key("backend", {.strict = true}).value();
    b.learn_from(a);
    const auto known = b.directory->find_api_key(key).value().value();
    EXPECT_EQ(known.name, "backend");
    EXPECT_TRUE(known.options.strict);
    ASSERT_TRUE(b.directory->revoke_api_key("backend"));
    exchange(a, b);
    EXPECT_FALSE(a.directory->find_api_key(key).value());
}

TEST_F(SqliteFactsTest, KeysOfOneNameWorkOnAllNodesAndAreRevokedTogether) {
    const auto of_a = a.directory->add_api_key("backend", {}).value();
    const auto of_b = b.directory->add_api_key("backend", {}).value();
    exchange(a, b);
    for (auto* node : {&a, &b}) {
        EXPECT_EQ(node->directory->find_api_key(of_a).value()->name, "backend");
        EXPECT_EQ(node->directory->find_api_key(of_b).value()->name, "backend");
    }
    ASSERT_TRUE(a.directory->revoke_api_key("backend"));
    exchange(a, b);
    for (auto* node : {&a, &b}) EXPECT_TRUE(node->directory->list_api_keys().value().empty());
}

TEST_F(SqliteFactsTest, AWebhookIsMadeChangedAndRemovedOnAnyNode) {
    auto at_a = open_database(folder.file("a.db")).value();
    auto at_b = open_database(path_of_b).value();
    const auto row = [](Connection& connection) {
        auto query =
            connection
                .query(
                    "SELECT url || ' ' || coalesce(types, 'all') || ' ' || filter || ' ' || "
                    "active || secret || begins_after FROM webhooks WHERE name = 'pager'")
                .value();
        return query.next().value() ? std::string(query.text(0)) : "none";
    };
    ASSERT_TRUE(at_a.execute(
        "INSERT INTO webhooks (name, url, filter, active, timeout_ms, created_by, created_at, "
        "updated_at, secret, begins_after) VALUES ('pager', 'https://r.example/', "
        "'{\"a\":\"\"\"}', "
        "1, 9, 'me', '2026-01-01', '2026-01-01', 's1', 'e.7')"));
    b.learn_from(a);
    EXPECT_EQ(row(at_b), "https://r.example/ all {\"a\":\"\"\"} 1s1e.7");
    ASSERT_TRUE(at_b.execute("UPDATE webhooks SET types = '[\"X\"]', active = 0, secret = 's2'"));
    exchange(a, b);
    EXPECT_EQ(row(at_a), "https://r.example/ [\"X\"] {\"a\":\"\"\"} 0s2e.7");
    ASSERT_TRUE(at_a.execute("DELETE FROM webhooks"));
    exchange(b, a);
    EXPECT_EQ(row(at_b), "none");
    EXPECT_EQ(row(at_a), "none");
}

TEST_F(SqliteFactsTest, AnExpiredRevocationIsNotTold) {
    ASSERT_TRUE(a.directory->revoke(revocation("over", now() - 1s)));
    ASSERT_TRUE(a.directory->revoke(revocation("t1", now() + 1h)));
    const auto facts = a.all();
    ASSERT_EQ(facts.size(), 1U);
    EXPECT_EQ(facts[0].key, "t1");
    ASSERT_TRUE(a.directory->forget_expired_revocations(now() + 2h));
    EXPECT_TRUE(a.all().empty());
}

TEST_F(SqliteFactsTest, IsReadInSlices) {
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(a.directory->add_user(user("u" + std::to_string(i))));
    std::int64_t after = 0;
    std::size_t calls = 0;
    for (bool more = true; more; ++calls) {
        const auto batch = a.facts->read(after, 10, now()).value();
        ASSERT_TRUE(b.facts->merge(batch.facts, now()));
        EXPECT_GT(batch.up_to, after);
        after = batch.up_to;
        more = batch.more;
    }
    EXPECT_EQ(calls, 5U);
    EXPECT_EQ(b.directory->list_users().value().size(), 5U);
}

TEST_F(SqliteFactsTest, WhatCannotBeStoredDoesNotHinderTheRest) {
    const auto ann = user("ann");
    ASSERT_TRUE(a.directory->add_user(ann));
    auto facts = a.all();
    auto strange = facts.front();
    strange.key = to_string(Uuid::random());
    for (auto& field : strange.fields)
        if (field.name == "role") field.value = "surgeon";
    facts.insert(facts.begin(), strange);
    facts.insert(facts.begin(), {"weather", "today", {{"sky", 1, "blue"}}});
    facts.insert(facts.begin(), {"user", to_string(Uuid::random()), {{"role", 1, "rn"}}});
    ASSERT_TRUE(b.facts->merge(facts, now()));
    EXPECT_EQ(b.directory->list_users().value().size(), 1U);
}

TEST_F(SqliteFactsTest, RowsFromBeforeAreFacts) {
    const auto path = folder.file("old.db");
    {
        auto connection = Connection::open(path).value();
        ASSERT_TRUE(migrate(connection, 11));
        ASSERT_TRUE(connection.execute(
            "INSERT INTO users VALUES ('0b25f4a8-6b3f-4c41-9d53-2a8d8f3f7a11', 'ann', NULL, '', "
            "'rn', 1, NULL, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:01.000Z', NULL, NULL);"
            "INSERT INTO api_keys VALUES ('old', 'digest', '2026-01-01T00:00:02.000Z', 0);"
            "INSERT INTO token_blacklist VALUES ('x', 't1', 'access', NULL, "
            "'2026-01-01T00:00:03.000Z', '2099-01-01T00:00:00.000Z', 'logout')"));
    }
    KeptBy old(path);
    const auto facts = old.all();
    ASSERT_EQ(facts.size(), 3U);
    EXPECT_EQ(field_of(facts[0].fields, "name")->value, "ann");
    EXPECT_EQ(field_of(facts[0].fields, "role")->version, 1'767'225'601'000);
    EXPECT_EQ(facts[1].fields[0].version, 1'767'225'603'000);
    EXPECT_EQ(facts[2].fields[0],
              (FactField{"key", 1'767'225'602'000, "old 2026-01-01T00:00:02.000Z 0"}));
    b.learn_from(old);
    EXPECT_EQ(b.directory->list_users().value().size(), 1U);
    EXPECT_TRUE(b.directory->is_revoked("t1").value());
}

}  // namespace
}  // namespace rotacast::store
