#pragma once

// Everything that the dispatcher is told, from any thread.

#include "bus/clock.hpp"
#include "bus/journal.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <vector>

namespace rotacast::bus {

class Dispatcher;

/// Thread: any, but take() and wait(), which are the dispatcher's. Nothing here blocks but wait().
class Inbox {
  public:
    using Message = std::function<void(Dispatcher&)>;

    struct Taken {
        std::vector<Message> messages;
        std::vector<EntryBatchPtr> entries;
    };

    /// To be run on the dispatcher's thread; false when it is closed.
    bool post(Message message);

    /// `bytes_max`: what the entries in it may take, beside the newest batch.
    explicit Inbox(std::size_t bytes_max = 16 << 20) : bytes_max_(bytes_max) {}

    /// Keeps the newest within the bounds: who is too late reads the journal.
    void post(EntryBatchPtr entries);

    void wake();

    Taken take();

    /// Until there is something to take, somebody wakes, or `until`.
    void wait(std::optional<SteadyTime> until);

    /// Messages are refused from now on.
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
