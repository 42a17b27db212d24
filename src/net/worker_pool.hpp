#pragma once

// Threads for what blocks, and a bounded queue before them.

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
    std::size_t waiting_max = 256;  ///< jobs that no thread has begun
    /// Others are let in first where cores are scarce (base/thread): for work that takes long.
    bool gives_way = false;
};

/// Takes jobs that block. Every job that is taken is called exactly once, on another thread. (In
/// tests, later on the same one.)
class JobQueue {
  public:
    /// `cancelled`: the queue was closed before the job's turn; it tells whoever waits, and does no
    /// work.
    enum class Turn { run, cancelled };
    /// What it throws is logged, and nobody learns of it otherwise.
    using Job = std::function<void(Turn)>;

    virtual ~JobQueue() = default;

    /// False when too many jobs wait already, or the queue is closed: `job` is not called. Any
    /// thread.
    [[nodiscard]] virtual bool try_post(Job job) = 0;
};

/// One kind of blocking work has one pool, so that it waits for its like alone. Thread: any, but
/// close() from none of its own. What jobs refer to must live until close() has returned.
class WorkerPool final : public JobQueue {
  public:
    explicit WorkerPool(WorkerPoolOptions options);
    ~WorkerPool() override;  ///< close()
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    bool try_post(Job job) override;

    /// Cancels what waits, lets what runs come to its end, and ends the threads. Idempotent.
    void close();

    std::size_t threads() const noexcept { return options_.threads; }
    /// Jobs that no thread has begun.
    std::size_t waiting() const;
    /// Jobs refused because too many waited.
    std::size_t refused() const;

  private:
    void run();

    const WorkerPoolOptions options_;
    mutable std::mutex mutex_;  // guards what follows, but threads_
    std::condition_variable changed_;
    std::deque<Job> waiting_;
    std::size_t refused_ = 0;
    bool closed_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace rotacast::net
