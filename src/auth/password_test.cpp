#include "auth/password.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rotacast::auth {
namespace {

const Passwords passwords(4);

TEST(Passwords, HashOfAPasswordVerifies) {
    const auto hashed = passwords.hash("correct horse");
    ASSERT_TRUE(hashed);
    EXPECT_TRUE(hashed->starts_with("$2b$04$"));
    EXPECT_TRUE(passwords.verify("correct horse", *hashed));
    EXPECT_FALSE(passwords.verify("correct horsf", *hashed));
    EXPECT_FALSE(passwords.verify("", *hashed));
}

TEST(Passwords, SamePasswordHasAnotherHashEachTime) {
    EXPECT_NE(passwords.hash("again").value(), passwords.hash("again").value());
}

TEST(Passwords, KnownHashesOfOtherLibrariesVerify) {
    // Published vectors of the Openwall test suite; the same hash under each prefix.
    for (const std::string prefix : {"$2a$", "$2b$", "$2y$"})
        EXPECT_TRUE(passwords.verify(
            "U*U", prefix + "05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"))
            << prefix;
}

TEST(Passwords, PasswordsThatBcryptWouldCutAreRefused) {
    EXPECT_TRUE(passwords.hash(std::string(72, 'a')));
    for (const auto& bad : {std::string(73, 'a'), std::string(), std::string("a\0b", 3)}) {
        const auto hashed = passwords.hash(bad);
        ASSERT_TRUE(hashed.has_error());
        EXPECT_EQ(hashed.error().code, ErrorCode::invalid_field);
        EXPECT_FALSE(hashed.error().message.empty());
    }
    EXPECT_FALSE(passwords.verify(std::string("a\0b", 3), passwords.hash("a").value()));
}

TEST(Passwords, UnusableHashesNeverVerify) {
    const auto good = passwords.hash("x").value();
    for (const std::string& bad : {std::string(),
                                   std::string("plain"),
                                   std::string("$1$") + good.substr(3),
                                   good.substr(0, 59),
                                   good + "a",
                                   std::string("$2x$") + good.substr(4)})
        EXPECT_FALSE(passwords.verify("x", bad));
    passwords.verify_dummy("x");
}

}  // namespace
}  // namespace rotacast::auth
