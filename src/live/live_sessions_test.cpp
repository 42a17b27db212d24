#include "live/live_sessions.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>

namespace rotacast::live {
namespace {

class Session final : public LiveSession {
  public:
    void review(const AccessChange&) override {
        if (faulty) throw std::runtime_error("no idea");
        ++reviews;
    }
    void on_fault() noexcept override { ended = true; }

    bool faulty = false;
    int reviews = 0;
    bool ended = false;
};

struct LiveSessionsTest : testing::Test {
    net::Loops loops{1};
    net::Loop& loop = loops[0];
    LiveSessions sessions{loops};
};

TEST_F(LiveSessionsTest, EndsOnlyTheSessionWhoseReviewThrows) {
    Session before;
    Session faulty;
    Session after;
    faulty.faulty = true;
    for (auto* session : {&before, &faulty, &after}) sessions.add(loop, *session);
    sessions.review(std::make_shared<const AccessChange>());
    EXPECT_NO_THROW(loop.poll());
    EXPECT_EQ(before.reviews, 1);
    EXPECT_EQ(after.reviews, 1);
    EXPECT_TRUE(faulty.ended);
    EXPECT_FALSE(before.ended || after.ended);
    for (auto* session : {&before, &faulty, &after}) sessions.remove(loop, *session);
}

TEST_F(LiveSessionsTest, ReviewsASessionThatWasAddedAfterTheChange) {
    sessions.review(std::make_shared<const AccessChange>());
    loop.poll();
    Session late;
    sessions.add(loop, late);
    EXPECT_EQ(late.reviews, 1);
    sessions.remove(loop, late);
}

TEST(AccessChange, EndsTheSessionOfATokenFromBeforeTheSignOut) {
    const Timestamp noon{std::chrono::seconds(1'767'096'000)};
    AccessChange change;
    auth::User user;
    user.id = Uuid::random();
    user.tokens_from = noon;
    change.users.emplace(user.id, user);
    auth::Principal principal;
    principal.user_id = user.id;
    principal.issued_at = noon;
    EXPECT_EQ(change.apply_to(principal), std::nullopt);
    principal.issued_at = noon - std::chrono::seconds(1);
    EXPECT_EQ(change.apply_to(principal), ErrorCode::token_revoked);
    principal.issued_at.reset();
    EXPECT_EQ(change.apply_to(principal), ErrorCode::token_revoked);
}

}  // namespace
}  // namespace rotacast::live
