#pragma once

// Finds the last event of each subject on some topics, for a client that starts without state.
// Searches backwards from the present, in the hub's memory and then in the journal, up to a bound.

#include "hub/loop_hub.hpp"
#include "live/history.hpp"

#include <functional>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

namespace rotacast::live {

/// Publications with the batches that hold them, oldest first.
struct LatestFound {
    struct One {
        hub::PublicationBatchPtr batch;
        std::uint32_t index;
        const hub::Publication& publication() const { return batch->publications()[index]; }
    };
    std::vector<One> events;
    std::string epoch;         ///< of the journal, when the search began
    events::Offset from = 0;   ///< entries up to here were not examined
    events::Offset up_to = 0;  ///< the newest entry when the search began
};

/// Lives on one loop. The subscriber's topics are in the hub's index; the subscriber must outlive
/// the search or cancel it.
class LatestState : public std::enable_shared_from_this<LatestState> {
  public:
    using Done = std::function<void(Result<LatestFound>)>;
    /// As in CatchUp. The result is one message, which may be larger than the subscriber's queue:
    /// it is passed on when nothing else waits, so that it goes directly to the socket.
    using Backlogged = std::function<bool()>;

    /// Examines at most `entries_max` entries. `done` is called once, unless cancelled.
    LatestState(net::Loop& loop,
                const hub::LoopHub& hub,
                History& history,
                const hub::Subscriber& subscriber,
                std::size_t entries_max,
                Backlogged backlogged,
                Done done);

    void start();
    /// Continues if it was waiting. Call when the client has read what waited, and regularly.
    void proceed();
    void cancel() { cancelled_ = true; }

  private:
    void look_further();
    void look_at(const hub::PublicationBatchPtr& batch);
    void block_read(Result<hub::PublicationBatchPtr> block);
    void finish();

    net::Loop& loop_;
    const hub::LoopHub& hub_;
    History& history_;
    const hub::Subscriber& subscriber_;
    Backlogged backlogged_;
    Done done_;
    const std::string epoch_;  ///< of the journal, when the search began
    std::unordered_set<std::string> subjects_;
    LatestFound found_;   // newest first until it is finished
    events::Offset end_;  ///< the search has come down to found_.from; it stops here
    bool waiting_ = false;
    bool cancelled_ = false;
};

}  // namespace rotacast::live
