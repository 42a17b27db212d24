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

}  // namespace
}  // namespace rotacast::live
