#pragma once

// Threads for blocking work, with a bounded queue.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace rotacast::net {

struct WorkerPoolOptions {
    std::string name;               ///< of its threads and in the log; at most 12 characters
    std::size_t threads = 1;        ///< 0 counts as 1
    std::size_t waiting_max = 256;  ///< jobs that no thread has started
    /// The threads give way to others when cores are scarce (base/thread): for work that takes
    /// long.
    bool gives_way = false;
};

/// Runs blocking jobs. Every accepted job is called exactly once, on another thread. (In tests,
/// later on the same one.)
class JobQueue {
  public:
    /// `cancelled`: the queue was closed before the job started; the job must notify whoever waits
    /// for it, and do no work.
    enum class Turn { run, cancelled };
    /// Exceptions are logged and otherwise ignored.
    using Job = std::function<void(Turn)>;

    virtual ~JobQueue() = default;

    /// Returns false, without calling `job`, if too many jobs wait or the queue is closed. Any
    /// thread.
    [[nodiscard]] virtual bool try_post(Job job) = 0;
};

/// Use one pool for each kind of blocking work, so that jobs only wait for their own kind. Thread:
/// any, but close() must not be called on one of its own. What jobs refer to must live until
/// close() has returned.
class WorkerPool final : public JobQueue {
  public:
    explicit WorkerPool(WorkerPoolOptions options);
    ~WorkerPool() override;  ///< calls close()
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    bool try_post(Job job) override;

    /// Cancels waiting jobs, lets running ones finish, and ends the threads. Idempotent.
    void close();

    std::size_t threads() const noexcept { return options_.threads; }
    /// Jobs that no thread has started.
    std::size_t waiting() const;
    /// Jobs refused because too many waited.
    std::size_t refused() const;

  private:
    void run();

    const WorkerPoolOptions options_;
    mutable std::mutex mutex_;  // guards the members below, except threads_
    std::condition_variable changed_;
    std::deque<Job> waiting_;
    std::size_t refused_ = 0;
    bool closed_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace rotacast::net
