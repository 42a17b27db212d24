#include "bus/lane_threads.hpp"

#include <pthread.h>

namespace rotacast::bus {

/// Shared with its threads, so that one left behind finds it when it comes back after all.
struct LaneThreads::Pool {
    struct Worker {
        std::thread thread;
        bool ended = false;
    };

    static constexpr std::chrono::seconds idle_max{2};

    std::mutex mutex;
    std::condition_variable work;
    std::condition_variable end;
    std::deque<std::function<void()>> bodies;
    std::size_t idle = 0;
    bool closing = false;
    std::list<Worker> workers;

    /// On a worker's thread.
    static void run(std::shared_ptr<Pool> pool, std::list<Worker>::iterator self) {
        std::unique_lock lock(pool->mutex);
        for (;;) {
            ++pool->idle;
            pool->work.wait_for(
                lock, idle_max, [&] { return pool->closing || !pool->bodies.empty(); });
            --pool->idle;
            if (pool->bodies.empty()) break;
            auto body = std::move(pool->bodies.front());
            pool->bodies.pop_front();
            lock.unlock();
            body();
            body = nullptr;
            lock.lock();
        }
        self->ended = true;
        pool->end.notify_all();
    }

    void join_ended() {
        std::erase_if(workers, [](Worker& worker) {
            if (!worker.ended) return false;
            worker.thread.join();
            return true;
        });
    }
};

LaneThreads::LaneThreads() : pool_(std::make_shared<Pool>()) {}

LaneThreads::~LaneThreads() {
    close(std::chrono::milliseconds(0));
}

void LaneThreads::start(std::function<void()> body) {
    const std::scoped_lock lock(pool_->mutex);
    if (pool_->closing) return;
    pool_->join_ended();
    pool_->bodies.push_back(std::move(body));
    if (pool_->idle >= pool_->bodies.size()) return pool_->work.notify_one();
    pool_->workers.emplace_back();
    const auto self = std::prev(pool_->workers.end());
    self->thread = std::thread([pool = pool_, self] { Pool::run(pool, self); });
    pthread_setname_np(self->thread.native_handle(), "handler");
}

void LaneThreads::close(std::chrono::milliseconds grace) {
    std::unique_lock lock(pool_->mutex);
    pool_->closing = true;
    pool_->work.notify_all();
    const auto all_ended = [this] {
        for (const auto& worker : pool_->workers)
            if (!worker.ended) return false;
        return true;
    };
    // An idle thread needs a moment to see that it may go.
    pool_->end.wait_for(lock, grace + std::chrono::milliseconds(100), all_ended);
    pool_->join_ended();
    for (auto& worker : pool_->workers)
        if (worker.thread.joinable()) worker.thread.detach();
}

}  // namespace rotacast::bus
