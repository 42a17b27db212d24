#include "ws/command_rate.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

namespace rotacast::ws {
namespace {

using namespace std::chrono_literals;
using Verdict = CommandRate::Verdict;

const Timestamp noon{std::chrono::hours(500'000)};
constexpr std::size_t per_second = 10;
constexpr std::size_t burst = 3;

class Sender {
  public:
    Verdict send(std::chrono::milliseconds after = 0ms) {
        time_ += after;
        return rate_.take(per_second, burst, time_);
    }
    std::size_t admitted(std::size_t of, std::chrono::milliseconds apart) {
        std::size_t count = 0;
        for (std::size_t i = 0; i < of; ++i) count += send(apart) == Verdict::admitted ? 1U : 0U;
        return count;
    }

  private:
    CommandRate rate_;
    Timestamp time_ = noon;
};

TEST(CommandRate, AdmitsABurstAndThenTheRate) {
    Sender sender;
    EXPECT_EQ(sender.admitted(4, 0ms), 3U);
    EXPECT_EQ(sender.send(99ms), Verdict::refused);
    EXPECT_EQ(sender.send(1ms), Verdict::admitted);
    EXPECT_EQ(sender.admitted(1000, 100ms), 1000U);
}

TEST(CommandRate, ReportsAFloodAfterTwoBurstsOfRefusals) {
    Sender sender;
    EXPECT_EQ(sender.admitted(3, 0ms), 3U);
    for (std::size_t i = 0; i < 2 * burst; ++i) EXPECT_EQ(sender.send(), Verdict::refused) << i;
    EXPECT_EQ(sender.send(), Verdict::flood);
}

TEST(CommandRate, ReportsAFloodAlsoIfSomeCommandsAreAdmittedInBetween) {
    Sender sender;
    std::size_t sent = 1;
    while (sender.send(50ms) != Verdict::flood && sent < 100) ++sent;
    EXPECT_LT(sent, 30U);
}

TEST(CommandRate, ResetsTheCountAfterAPause) {
    Sender sender;
    for (int round = 0; round < 10; ++round) {
        EXPECT_EQ(sender.send(300ms), Verdict::admitted);
        EXPECT_EQ(sender.admitted(2 + 2 * burst, 0ms), 2U);
    }
}

TEST(CommandRate, AddsNothingIfTheClockGoesBack) {
    Sender sender;
    EXPECT_EQ(sender.admitted(3, 0ms), 3U);
    EXPECT_EQ(sender.send(-3'600'000ms), Verdict::refused);
    EXPECT_EQ(sender.send(100ms), Verdict::admitted);
}

}  // namespace
}  // namespace rotacast::ws
