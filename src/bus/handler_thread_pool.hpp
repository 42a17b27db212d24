#pragma once

// The threads on which handlers run: made when there is work, given back when idle.

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

namespace rotacast::bus {

/// Starts `body` soon, on a thread of its own, and returns at once.
using StartThread = std::function<void(std::function<void()> body)>;

/// Thread: any. Never makes a body wait for another one.
class HandlerThreadPool {
  public:
    HandlerThreadPool();
    ~HandlerThreadPool();  ///< close(0)

    void start(std::function<void()> body);

    /// Waits up to `grace` for those that run; what has not begun by then never does. Threads that
    /// are not back are left behind: what they use must live as long as the process. Returns how
    /// many these are; asked again, how many still are.
    std::size_t close(std::chrono::milliseconds grace);

  private:
    struct Pool;
    std::shared_ptr<Pool> pool_;
};

}  // namespace rotacast::bus
