#pragma once

// The contract of Revocations, as tests. Instantiate RevocationsSuite with a factory per
// implementation, in one file per test program.

#include "auth/revocations.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace rotacast::auth {

/// Creates an empty store. The pointer keeps alive what it needs.
struct RevocationsFactory {
    std::string name;
    std::function<std::shared_ptr<Revocations>()> make;
};

inline void PrintTo(const RevocationsFactory& factory, std::ostream* out) {
    *out << factory.name;
}

class RevocationsSuite : public testing::TestWithParam<RevocationsFactory> {
  protected:
    std::shared_ptr<Revocations> revocations = GetParam().make();
};

TEST_P(RevocationsSuite, RevokedTokensAreKnownUntilForgotten) {
    const auto time = now();
    EXPECT_FALSE(revocations->is_revoked("one").value());
    EXPECT_TRUE(revocations->revoke({"one", TokenType::access, Uuid::random(), time}).value());
    EXPECT_TRUE(revocations
                    ->revoke({"two",
                              TokenType::refresh,
                              std::nullopt,
                              time + std::chrono::hours(1),
                              "refresh_rotation"})
                    .value());
    EXPECT_TRUE(revocations->is_revoked("one").value());
    EXPECT_TRUE(revocations->is_revoked("two").value());
    EXPECT_EQ(revocations->forget_expired_revocations(time + std::chrono::minutes(1)).value(), 1);
    EXPECT_FALSE(revocations->is_revoked("one").value());
    EXPECT_TRUE(revocations->is_revoked("two").value());
}

TEST_P(RevocationsSuite, OnlyOneOfManyCallersRevokesAToken) {
    std::atomic<int> winners = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&] {
            const auto mine = revocations->revoke({"jti", TokenType::refresh, std::nullopt, now()});
            if (mine && *mine) ++winners;
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(winners, 1);
}

}  // namespace rotacast::auth
