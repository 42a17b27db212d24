#pragma once

// The dispatcher's queue of messages and journal entries, filled from any thread.

#include "bus/clock.hpp"
#include "bus/journal.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <vector>

namespace rotacast::bus {

class Dispatcher;

/// Thread-safe, except that only the dispatcher calls take() and wait(). Only wait() blocks.
class Inbox {
  public:
    using Message = std::function<void(Dispatcher&)>;

    struct Taken {
        std::vector<Message> messages;
        std::vector<EntryBatchPtr> entries;
    };

    /// Queues a message for the dispatcher's thread. Returns false if closed.
    bool post(Message message);

    /// `bytes_max`: bound on the queued entries, not counting the newest batch.
    explicit Inbox(std::size_t bytes_max = 16 << 20) : bytes_max_(bytes_max) {}

    /// Drops the oldest batches beyond the bounds; subscribers then read them from the journal.
    void post(EntryBatchPtr entries);

    /// Ends the present wait(), or the next one at once.
    void wake();

    /// Removes and returns everything that is queued.
    Taken take();

    /// Waits until there is something to take, wake() is called, or `until`.
    void wait(std::optional<SteadyTime> until);

    /// Refuses messages from now on.
    void close();

  private:
    static constexpr std::size_t batches_max = 4096;

    void drop_oldest();

    const std::size_t bytes_max_;
    std::mutex mutex_;
    std::condition_variable wake_;
    Taken taken_;
    std::size_t bytes_ = 0;  // of taken_.entries
    bool awake_ = false;
    bool closed_ = false;
};

}  // namespace rotacast::bus
