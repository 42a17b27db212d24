#include "net/turn_queue.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rotacast::net {
namespace {

TEST(TurnQueue, LetsWhatIsReadyRunBetweenTwoTurns) {
    asio::io_context context;
    TurnQueue turns(context);
    std::string order;
    for (const char step : {'1', '2', '3'}) {
        turns.wait([&, step] {
            order += step;
            asio::post(context, [&] { order += 'w'; });
        });
    }
    context.run();
    EXPECT_EQ(order, "1w2w3w");
}

TEST(TurnQueue, NeverRunsAHandlerFromWithinWait) {
    asio::io_context context;
    TurnQueue turns(context);
    bool ran = false;
    turns.wait([&] { ran = true; });
    EXPECT_FALSE(ran);
    context.run();
    EXPECT_TRUE(ran);
}

TEST(TurnQueue, AHandlerMayWaitAgain) {
    asio::io_context context;
    TurnQueue turns(context);
    std::string order;
    turns.wait([&] {
        order += 'a';
        turns.wait([&] { order += 'c'; });
    });
    turns.wait([&] { order += 'b'; });
    context.run();
    EXPECT_EQ(order, "abc");
}

TEST(TurnQueue, DropsWhoStillWaitsAtTheEnd) {
    const auto kept = std::make_shared<int>(1);
    asio::io_context context;
    {
        TurnQueue turns(context);
        turns.wait([kept] {});
        turns.wait([kept] {});
        EXPECT_EQ(kept.use_count(), 3);
    }
    EXPECT_EQ(kept.use_count(), 1);
}

}  // namespace
}  // namespace rotacast::net
