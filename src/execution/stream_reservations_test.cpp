#include "execution/stream_reservations.hpp"

#include <gtest/gtest.h>

namespace rotacast::execution {
namespace {

using Claim = StreamReservations::Claim;

auth::Principal somebody() {
    auth::Principal principal;
    principal.user_id = Uuid::random();
    return principal;
}

class StreamReservationsTest : public testing::Test {
  protected:
    std::size_t reserved_by(const auth::Principal& principal, std::size_t attempts) {
        std::size_t count = 0;
        while (attempts-- > 0) count += reservations.reserve(principal, now).has_value();
        return count;
    }

    StreamReservations reservations;
    StreamReservations::Clock::time_point now{};
};

TEST_F(StreamReservationsTest, AreClaimedOnceByTheirUser) {
    const auto user = somebody();
    const auto token = reservations.reserve(user, now);
    ASSERT_TRUE(token);
    const auto claimed = reservations.claim(*token, now);
    EXPECT_EQ(claimed.claim, Claim::granted);
    EXPECT_EQ(claimed.principal.value().user_id, user.user_id);
    EXPECT_EQ(reservations.claim(*token, now).claim, Claim::taken);
    EXPECT_EQ(reservations.claim("another", now).claim, Claim::unknown);
}

TEST_F(StreamReservationsTest, AreDroppedWhenNobodyOpensThem) {
    const auto token = reservations.reserve(somebody(), now);
    now += StreamReservations::patience + std::chrono::seconds(1);
    EXPECT_EQ(reservations.claim(token.value(), now).claim, Claim::unknown);
}

TEST_F(StreamReservationsTest, OfOneUserLeaveRoomForOthers) {
    constexpr auto bound = StreamReservations::waiting_per_user_max;
    const auto greedy = somebody();
    EXPECT_EQ(reserved_by(greedy, 2 * bound), bound);
    EXPECT_EQ(reserved_by(somebody(), 1), 1u);
    now += StreamReservations::patience + std::chrono::seconds(1);
    EXPECT_EQ(reserved_by(greedy, 1), 1u) << "what was forgotten is counted no more";
}

TEST_F(StreamReservationsTest, AreBoundedTogether) {
    std::size_t count = 0;
    while (count <= StreamReservations::waiting_max && reserved_by(somebody(), 1) == 1) ++count;
    EXPECT_EQ(count, StreamReservations::waiting_max);
}

}  // namespace
}  // namespace rotacast::execution
