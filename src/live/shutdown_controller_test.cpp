#include "live/shutdown_controller.hpp"

#include <gtest/gtest.h>

namespace rotacast::live {
namespace {

using namespace std::chrono_literals;

TEST(ShutdownController, BeginsOnceForTheFirstRequest) {
    ShutdownController down(10s);
    int ended = 0;
    down.on_requested([&] { ++ended; });
    EXPECT_TRUE(down.check());
    EXPECT_FALSE(down.begun());
    EXPECT_TRUE(down.begin(3s));
    EXPECT_TRUE(down.begun());
    EXPECT_EQ(down.begin(5s).error().code, ErrorCode::conflict);
    EXPECT_EQ(down.check().error().code, ErrorCode::conflict);
    EXPECT_EQ(down.begin_anyway(), 3s);
    EXPECT_EQ(ended, 1);
}

TEST(ShutdownController, RefusesARequestAfterASignal) {
    ShutdownController down(10s);
    int ended = 0;
    down.on_requested([&] { ++ended; });
    EXPECT_EQ(down.begin_anyway(), 10s);
    EXPECT_EQ(down.begin({}).error().code, ErrorCode::conflict);
    EXPECT_EQ(ended, 0);
}

TEST(ShutdownController, IsUnavailableWithoutAHandler) {
    ShutdownController down(10s);
    EXPECT_EQ(down.begin({}).error().code, ErrorCode::unavailable);
    EXPECT_FALSE(down.begun());
    EXPECT_EQ(down.begin_anyway(), 10s);
}

}  // namespace
}  // namespace rotacast::live
