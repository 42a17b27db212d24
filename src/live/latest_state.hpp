#pragma once

// The last event of each subject on some topics: what a screen needs that begins with nothing.
// Looks back from the present, through the hub's memory and then the journal, as far as it may.

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
    events::Offset from = 0;   ///< entries up to here were not looked at
    events::Offset up_to = 0;  ///< the present, when the search began
};

/// Lives on one loop. The subscriber's topics stand in the hub's index; it outlives the search or
/// cancels it.
class LatestState : public std::enable_shared_from_this<LatestState> {
  public:
    using Done = std::function<void(Result<LatestFound>)>;

    /// Looks at `entries_max` entries at most.
    LatestState(net::Loop& loop,
                const hub::LoopHub& hub,
                History& history,
                const hub::Subscriber& subscriber,
                std::size_t entries_max,
                Done done);

    void start();
    void cancel() { cancelled_ = true; }

  private:
    void look_further();
    void look_at(const hub::PublicationBatchPtr& batch);
    void finish();

    net::Loop& loop_;
    const hub::LoopHub& hub_;
    History& history_;
    const hub::Subscriber& subscriber_;
    Done done_;
    const std::string epoch_;  ///< in which the search began
    std::unordered_set<std::string> subjects_;
    LatestFound found_;   // newest first until it is finished
    events::Offset end_;  ///< do not look at this one or further back
    bool cancelled_ = false;
};

}  // namespace rotacast::live
