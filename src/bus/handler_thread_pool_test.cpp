#include "bus/handler_thread_pool.hpp"

#include <gtest/gtest.h>

#include <future>

#include <atomic>
#include <set>

namespace rotacast::bus {
namespace {

constexpr std::chrono::seconds patience{30};

/// A barrier: no body returns before all have started.
class Meeting {
  public:
    explicit Meeting(int wanted) : wanted_(wanted) {}

    void arrive() {
        std::unique_lock lock(mutex_);
        ++here_;
        threads_.insert(std::this_thread::get_id());
        changed_.notify_all();
        changed_.wait_for(lock, patience, [&] { return here_ >= wanted_; });
        ++gone_;
        changed_.notify_all();
    }

    /// The number of distinct threads.
    std::size_t wait_for_all() {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, patience, [&] { return gone_ >= wanted_; });
        return threads_.size();
    }

  private:
    const int wanted_;
    std::mutex mutex_;
    std::condition_variable changed_;
    int here_ = 0;
    int gone_ = 0;
    std::set<std::thread::id> threads_;
};

/// Whether the pool still runs new bodies.
bool takes_another(HandlerThreadPool& threads) {
    auto ran = std::make_shared<std::atomic<bool>>(false);
    threads.start([ran] { *ran = true; });
    while (!*ran && ran.use_count() > 1) std::this_thread::yield();
    return *ran;
}

TEST(HandlerThreadPool, NoBodyWaitsForAnother) {
    constexpr int rounds = 300;
    HandlerThreadPool threads;
    for (int round = 0; round < rounds; ++round) {
        const int bodies = 1 + round % 7;
        Meeting meeting(bodies);
        for (int i = 0; i < bodies; ++i) threads.start([&] { meeting.arrive(); });
        ASSERT_EQ(meeting.wait_for_all(), static_cast<std::size_t>(bodies)) << "round " << round;
    }
}

TEST(HandlerThreadPool, ABodyMayStartAnother) {
    HandlerThreadPool threads;
    Meeting meeting(2);
    threads.start([&] {
        threads.start([&] { meeting.arrive(); });
        meeting.arrive();
    });
    EXPECT_EQ(meeting.wait_for_all(), 2u);
}

TEST(HandlerThreadPool, CloseWaitsForRunningBodies) {
    HandlerThreadPool threads;
    Meeting begun(2);
    std::atomic<bool> done = false;
    threads.start([&] {
        begun.arrive();
        while (takes_another(threads)) std::this_thread::yield();  // until close() has begun
        done = true;
    });
    begun.arrive();
    threads.close(patience);
    EXPECT_TRUE(done);
    threads.start([&] { ADD_FAILURE() << "It was closed."; });
}

TEST(HandlerThreadPool, CloseReportsDetachedThreadsWhichMayReturnLater) {
    HandlerThreadPool threads;
    std::promise<void> begun;
    std::promise<void> go;
    threads.start([&, may_go = go.get_future().share()] {
        begun.set_value();
        may_go.wait();
    });
    begun.get_future().wait();
    EXPECT_EQ(threads.close(std::chrono::milliseconds(0)), 1u);
    go.set_value();
    while (threads.close(std::chrono::milliseconds(0)) > 0) std::this_thread::yield();
}

}  // namespace
}  // namespace rotacast::bus
