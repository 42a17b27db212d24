#include "bus/handler_thread_pool.hpp"

#include <pthread.h>

#include <algorithm>

namespace rotacast::bus {

/// Shared with its threads, because a detached one may return later.
///
/// Each thread that takes a body wakes or creates the thread for the next one. So only one wake-up
/// is under way at a time: start() pays for at most one, and a thread whose handler was quick takes
/// the next body before another thread has woken up.
struct HandlerThreadPool::Pool : std::enable_shared_from_this<Pool> {
    struct Worker {
        std::thread thread;
        bool busy = false;
        bool ended = false;
    };

    static constexpr std::chrono::seconds idle_max{2};

    std::mutex mutex;
    std::condition_variable work;
    std::condition_variable end;
    std::deque<std::function<void()>> bodies;
    std::size_t idle = 0;
    bool called = false;  // a thread has been woken or created and has not arrived
    bool closing = false;
    std::list<Worker> workers;

    /// The main function of a worker thread.
    void run(std::list<Worker>::iterator self) {
        std::unique_lock lock(mutex);
        called = false;
        for (;;) {
            wait(lock);
            if (bodies.empty()) break;
            auto body = std::move(bodies.front());
            bodies.pop_front();
            self->busy = true;
            call_next(lock);
            body();
            body = nullptr;
            lock.lock();
            self->busy = false;
            if (closing) end.notify_all();
        }
        self->ended = true;
        end.notify_all();
    }

    /// Waits for a body, at most idle_max.
    void wait(std::unique_lock<std::mutex>& lock) {
        const auto until = std::chrono::steady_clock::now() + idle_max;
        auto status = std::cv_status::no_timeout;
        while (bodies.empty() && !closing && status == std::cv_status::no_timeout) {
            ++idle;
            status = work.wait_until(lock, until);
            --idle;
            called = false;  // even if another thread took the body first
        }
    }

    /// Unlocks first, because the woken thread needs the mutex.
    void call_next(std::unique_lock<std::mutex>& lock) {
        const bool call = !called && !bodies.empty();
        const bool call_idle = call && idle > 0;
        called |= call;
        if (call && !call_idle) add_worker();
        lock.unlock();
        if (call_idle) work.notify_one();
    }

    void add_worker() {
        workers.emplace_back();
        const auto self = std::prev(workers.end());
        self->thread = std::thread([pool = shared_from_this(), self] { pool->run(self); });
        pthread_setname_np(self->thread.native_handle(), "handler");
    }

    void join_ended() {
        std::erase_if(workers, [](Worker& worker) {
            if (!worker.ended) return false;
            if (worker.thread.joinable()) worker.thread.join();  // otherwise it was detached
            return true;
        });
    }
};

HandlerThreadPool::HandlerThreadPool() : pool_(std::make_shared<Pool>()) {}

HandlerThreadPool::~HandlerThreadPool() {
    close(std::chrono::milliseconds(0));
}

void HandlerThreadPool::start(std::function<void()> body) {
    std::unique_lock lock(pool_->mutex);
    if (pool_->closing) return;
    pool_->join_ended();
    pool_->bodies.push_back(std::move(body));
    pool_->call_next(lock);
}

std::size_t HandlerThreadPool::close(std::chrono::milliseconds grace) {
    std::unique_lock lock(pool_->mutex);
    pool_->closing = true;
    pool_->work.notify_all();
    const auto none_busy = [this] {
        return pool_->bodies.empty() && std::ranges::none_of(pool_->workers, &Pool::Worker::busy);
    };
    pool_->end.wait_for(lock, grace, none_busy);
    pool_->bodies.clear();
    // Workers without a body only need a moment to end.
    pool_->end.wait(lock, [this] {
        return std::ranges::all_of(
            pool_->workers, [](const Pool::Worker& worker) { return worker.busy || worker.ended; });
    });
    pool_->join_ended();
    for (auto& worker : pool_->workers)
        if (worker.thread.joinable()) worker.thread.detach();
    return pool_->workers.size();
}

}  // namespace rotacast::bus
