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

    /// Keeps the newest within the bound: who is too late reads the journal.
    void post(EntryBatchPtr entries);

    void wake();

    Taken take();

    /// Until there is something to take, somebody wakes, or `until`.
    void wait(std::optional<SteadyTime> until);

    /// Messages are refused from now on.
    void close();

  private:
    static constexpr std::size_t batches_max = 4096;

    std::mutex mutex_;
    std::condition_variable wake_;
    Taken taken_;
    bool awake_ = false;
    bool closed_ = false;
};

}  // namespace rotacast::bus
