#pragma once

// The threads that run handlers: created on demand, ended when idle.

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

namespace rotacast::bus {

/// Runs `body` soon on another thread. Returns at once.
using StartThread = std::function<void(std::function<void()> body)>;

/// Thread-safe. No body waits for another one.
class HandlerThreadPool {
  public:
    HandlerThreadPool();
    ~HandlerThreadPool();  ///< close(0)

    void start(std::function<void()> body);

    /// Waits up to `grace` for running bodies; drops those that have not started by then. Threads
    /// that do not return are detached: whatever they use must live as long as the process. Returns
    /// their number; a later call returns how many still run.
    std::size_t close(std::chrono::milliseconds grace);

  private:
    struct Pool;
    std::shared_ptr<Pool> pool_;
};

}  // namespace rotacast::bus
