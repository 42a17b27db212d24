#include "net/worker_pool.hpp"

#include "base/log.hpp"
#include "base/thread.hpp"

#include <algorithm>
#include <exception>
#include <typeinfo>
#include <utility>

#include <pthread.h>

namespace rotacast::net {
namespace {

WorkerPoolOptions checked(WorkerPoolOptions options) {
    options.threads = std::max<std::size_t>(options.threads, 1);
    return options;
}

}  // namespace

WorkerPool::WorkerPool(WorkerPoolOptions options) : options_(checked(std::move(options))) {
    for (std::size_t i = 0; i < options_.threads; ++i) {
        threads_.emplace_back([this] { run(); });
        const std::string name = options_.name + '-' + std::to_string(i);
        pthread_setname_np(threads_.back().native_handle(), name.c_str());
    }
}

WorkerPool::~WorkerPool() {
    close();
}

bool WorkerPool::try_post(Job job) {
    {
        const std::scoped_lock lock(mutex_);
        if (closed_) return false;
        if (waiting_.size() >= options_.waiting_max) {
            ++refused_;
            return false;
        }
        waiting_.push_back(std::move(job));
    }
    changed_.notify_one();
    return true;
}

void WorkerPool::close() {
    {
        const std::scoped_lock lock(mutex_);
        closed_ = true;
    }
    changed_.notify_all();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
}

std::size_t WorkerPool::waiting() const {
    const std::scoped_lock lock(mutex_);
    return waiting_.size();
}

std::size_t WorkerPool::refused() const {
    const std::scoped_lock lock(mutex_);
    return refused_;
}

void WorkerPool::run() {
    if (options_.gives_way) give_way();
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        auto job = std::move(waiting_.front());
        waiting_.pop_front();
        const auto turn = closed_ ? Turn::cancelled : Turn::run;
        lock.unlock();
        try {
            job(turn);
        } catch (const std::exception& fault) {
            log::error("{}: a job failed: {}", options_.name, typeid(fault).name());
        }
        job = nullptr;  // destroys what the job holds before the lock is taken
        lock.lock();
    }
}

}  // namespace rotacast::net
