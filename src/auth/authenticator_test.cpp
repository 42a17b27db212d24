#include "auth/authenticator.hpp"

#include <gtest/gtest.h>

namespace rotacast::auth {
namespace {

using namespace std::chrono_literals;

const Error unused{ErrorCode::internal, "not asked for here", ""};

/// One user, one revoked token.
class OneUserDirectory final : public Users, public Revocations {
  public:
    std::optional<User> user;
    std::string revoked_jti;
    bool reachable = true;

    Result<std::optional<User>> find_user(const Uuid& id) override {
        if (!reachable) return Error{ErrorCode::unavailable, "gone", ""};
        return user && user->id == id ? user : std::nullopt;
    }
    Result<bool> is_revoked(std::string_view jti) override {
        if (!reachable) return Error{ErrorCode::unavailable, "gone", ""};
        return jti == revoked_jti;
    }

    Result<std::optional<User>> find_user_by_name(std::string_view) override { return unused; }
    Result<std::vector<User>> list_users() override { return unused; }
    Result<void> add_user(const User&) override { return unused; }
    Result<void> set_active(const Uuid&, bool) override { return unused; }
    Result<void> set_role(const Uuid&, Role) override { return unused; }
    Result<void> set_person(const Uuid&, std::optional<Uuid>) override { return unused; }
    Result<void> set_password(const Uuid&, std::string_view) override { return unused; }
    Result<void> sign_out(const Uuid&) override { return unused; }
    Result<void> touch_login(const Uuid&, Timestamp) override { return unused; }
    Result<bool> revoke(const Revocation&) override { return unused; }
    Result<std::int64_t> forget_expired_revocations(Timestamp) override { return unused; }
};

class AuthenticatorTest : public testing::Test {
  protected:
    AuthenticatorTest() {
        User user;
        user.id = Uuid::random();
        user.username = "today";
        user.role = Role::faculty;
        user.person_id = Uuid::random();
        directory.user = user;
        User then = user;
        then.username = "yesterday";
        issued = issuer.issue_access(then, noon).value();
    }

    std::string verdict(Timestamp now) {
        const auto principal = authenticator.authenticate(issued.token, now);
        return principal ? "good" : std::string(info(principal.error().code).name);
    }

    const Timestamp noon{1'767'096'000s};
    TokenIssuer issuer{"secret", 15min, 1h};
    TokenVerifier verifier{"secret"};
    OneUserDirectory directory;
    Authenticator authenticator{verifier, directory, directory};
    IssuedToken issued;
};

TEST_F(AuthenticatorTest, PrincipalComesFromTheUsersRow) {
    const auto principal = authenticator.authenticate(issued.token, noon);
    ASSERT_TRUE(principal);
    EXPECT_EQ(principal->user_id, directory.user->id);
    EXPECT_EQ(principal->username, "today");
    EXPECT_EQ(principal->role, Role::faculty);
    EXPECT_EQ(principal->person_id, directory.user->person_id);
    EXPECT_EQ(principal->expires_at, noon + 15min);
    EXPECT_EQ(principal->jti, issued.jti);
}

TEST_F(AuthenticatorTest, EachRefusalHasItsErrorCode) {
    EXPECT_EQ(verdict(noon + 15min), "token_expired");
    directory.revoked_jti = issued.jti;
    EXPECT_EQ(verdict(noon), "token_revoked");
    directory.revoked_jti.clear();
    directory.user->active = false;
    EXPECT_EQ(verdict(noon), "user_inactive");
    directory.user.reset();
    EXPECT_EQ(verdict(noon), "user_inactive");
    directory.reachable = false;
    EXPECT_EQ(verdict(noon), "unavailable");
    issued.token += "x";
    EXPECT_EQ(verdict(noon), "token_invalid");
}

TEST_F(AuthenticatorTest, AdmitAgainReturnsTheUsersPresentRights) {
    const auto then = authenticator.authenticate(issued.token, noon).value();
    const auto again = [&](Timestamp now) {
        const auto principal = authenticator.admit_again(then, now);
        return principal ? std::string(to_string(principal->role))
                         : std::string(info(principal.error().code).name);
    };
    directory.user->role = Role::rn;
    EXPECT_EQ(again(noon), "rn");
    EXPECT_EQ(again(noon + 15min), "token_expired");
    directory.revoked_jti = issued.jti;
    EXPECT_EQ(again(noon), "token_revoked");
    directory.revoked_jti.clear();
    directory.user->active = false;
    EXPECT_EQ(again(noon), "user_inactive");
}

TEST_F(AuthenticatorTest, ARefreshTokenDoesNotAuthenticate) {
    issued = issuer.issue_refresh(*directory.user, noon).value();
    EXPECT_EQ(verdict(noon), "token_invalid");
}

TEST_F(AuthenticatorTest, RefusesTokensFromBeforeTheUserWasSignedOut) {
    directory.user->tokens_from = noon;
    EXPECT_EQ(verdict(noon), "good");
    const auto admitted = authenticator.authenticate(issued.token, noon).value();
    directory.user->tokens_from = noon + 1s;
    EXPECT_EQ(verdict(noon + 1s), "token_revoked");
    EXPECT_EQ(authenticator.admit_again(admitted, noon).error().code, ErrorCode::token_revoked);
    EXPECT_EQ(authenticator.admit({directory.user->id, "", "", noon + 1h}).error().code,
              ErrorCode::token_revoked)
        << "without iat it may be old";
    issued = issuer.issue_access(*directory.user, noon + 500ms).value();
    EXPECT_EQ(verdict(noon + 500ms), "good") << "issued after it, in the same second";
}

}  // namespace
}  // namespace rotacast::auth
