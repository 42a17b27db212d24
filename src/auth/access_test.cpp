#include "auth/access.hpp"

#include <gtest/gtest.h>

namespace rotacast::auth {
namespace {

enum class Relation { self_by_user_id, self_by_person_id, stranger };

const Uuid user_id = Uuid::random();
const Uuid person_id = Uuid::random();

Principal principal_with(Role role) {
    return {user_id, "someone", role, person_id, {}, "jti"};
}

Uuid topic_of(Relation relation) {
    switch (relation) {
        case Relation::self_by_user_id: return user_id;
        case Relation::self_by_person_id: return person_id;
        case Relation::stranger: break;
    }
    return Uuid::random();
}

bool sees_everybody(Role role) {
    return role == Role::admin || role == Role::coordinator || role == Role::faculty;
}

TEST(Access, EveryRoleRelationAndPolicy) {
    for (const Role role : all_roles) {
        const auto principal = principal_with(role);
        for (const Relation relation :
             {Relation::self_by_user_id, Relation::self_by_person_id, Relation::stranger}) {
            const auto topic = topic_of(relation);
            EXPECT_TRUE(may_watch_person(Policy::open, principal, topic)) << to_string(role);
            EXPECT_EQ(may_watch_person(Policy::strict, principal, topic),
                      relation != Relation::stranger || sees_everybody(role))
                << to_string(role);
        }
        for (const Policy policy : {Policy::strict, Policy::open})
            EXPECT_TRUE(may_watch_schedule(policy, principal, Uuid::random()));
        const bool runs_the_programme = role == Role::admin || role == Role::coordinator;
        EXPECT_EQ(may_publish(role), runs_the_programme) << to_string(role);
        EXPECT_EQ(may_operate(role), runs_the_programme) << to_string(role);
        EXPECT_EQ(may_end_server(role), role == Role::admin) << to_string(role);
    }
}

TEST(Access, UserWithoutAPersonDoesNotMatchTheEmptyIdentifier) {
    auto principal = principal_with(Role::resident);
    principal.person_id.reset();
    EXPECT_FALSE(may_watch_person(Policy::strict, principal, Uuid{}));
    EXPECT_FALSE(may_watch_person(Policy::strict, principal, person_id));
}

TEST(Access, PoliciesAndRolesKeepTheirNames) {
    for (const Policy policy : {Policy::strict, Policy::open})
        EXPECT_EQ(parse_policy(to_string(policy)), policy);
    EXPECT_EQ(parse_policy("Open"), std::nullopt);
    for (const Role role : all_roles) EXPECT_EQ(parse_role(to_string(role)), role);
    EXPECT_EQ(parse_role("root"), std::nullopt);
    EXPECT_EQ(parse_role(""), std::nullopt);
}

}  // namespace
}  // namespace rotacast::auth
