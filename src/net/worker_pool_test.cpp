#include "net/worker_pool.hpp"

#include "net/offload.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>
#include <stdexcept>
#include <vector>

namespace rotacast::net {
namespace {

using Turn = WorkerPool::Turn;

/// A job that has started and does not finish before release().
class Held {
  public:
    explicit Held(WorkerPool& pool) {
        EXPECT_TRUE(pool.try_post([this](Turn) {
            begun_.count_down();
            release_.wait();
        }));
        begun_.wait();
    }
    void release() { release_.count_down(); }

  private:
    std::latch begun_{1};
    std::latch release_{1};
};

TEST(WorkerPool, RefusesJobsOverTheBound) {
    WorkerPool pool({.name = "test", .threads = 1, .waiting_max = 2});
    Held held(pool);
    std::atomic<int> ran = 0;
    EXPECT_TRUE(pool.try_post([&](Turn) { ++ran; }));
    EXPECT_TRUE(pool.try_post([&](Turn) { ++ran; }));
    EXPECT_FALSE(pool.try_post([&](Turn) { ran += 100; }));
    EXPECT_EQ(pool.refused(), 1U);
    std::promise<void> both;
    held.release();
    // The first post may come before the thread has taken a job off the queue, so this may be
    // refused, too.
    while (!pool.try_post([&](Turn) { both.set_value(); })) std::this_thread::yield();
    both.get_future().wait();
    EXPECT_EQ(ran, 2);
}

TEST(WorkerPool, CancelsWaitingJobsWhenItCloses) {
    WorkerPool pool({.name = "test", .threads = 1, .waiting_max = 1 << 20});
    Held held(pool);
    std::vector<Turn> turns;
    for (int i = 0; i < 3; ++i)
        EXPECT_TRUE(pool.try_post([&](Turn turn) { turns.push_back(turn); }));
    std::thread closing([&] { pool.close(); });
    while (pool.try_post([](Turn) {})) std::this_thread::yield();
    held.release();
    closing.join();
    EXPECT_EQ(turns, std::vector<Turn>(3, Turn::cancelled));
    EXPECT_FALSE(pool.try_post([](Turn) {}));
}

TEST(WorkerPool, ContinuesWhenAJobThrows) {
    WorkerPool pool({.name = "test", .threads = 1, .waiting_max = 8});
    EXPECT_TRUE(pool.try_post([](Turn) { throw std::runtime_error("secret"); }));
    std::promise<Turn> next;
    EXPECT_TRUE(pool.try_post([&](Turn turn) { next.set_value(turn); }));
    EXPECT_EQ(next.get_future().get(), Turn::run);
}

TEST(WorkerPool, PassesOnTheResultOrAnErrorIfWorkThrowsOrTheQueueIsFull) {
    WorkerPool pool({.name = "test", .threads = 1, .waiting_max = 0});
    std::promise<Result<int>> full;
    offload(
        pool, [] { return Result<int>(1); }, [&](Result<int> r) { full.set_value(std::move(r)); });
    EXPECT_EQ(full.get_future().get().error().code, ErrorCode::unavailable);

    WorkerPool roomy({.name = "test", .threads = 1, .waiting_max = 8});
    std::promise<Result<int>> good;
    offload(
        roomy, [] { return Result<int>(7); }, [&](Result<int> r) { good.set_value(std::move(r)); });
    EXPECT_EQ(good.get_future().get().value(), 7);
    std::promise<Result<int>> thrown;
    offload(
        roomy,
        []() -> Result<int> { throw std::runtime_error("secret"); },
        [&](Result<int> r) { thrown.set_value(std::move(r)); });
    EXPECT_EQ(thrown.get_future().get().error().code, ErrorCode::internal);
}

}  // namespace
}  // namespace rotacast::net
