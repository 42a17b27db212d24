#pragma once

// Publications that are no longer in the hub's memory: read from the journal in blocks, on a
// worker, so that live traffic does not wait. Many clients that reconnect at once ask for the same
// blocks, so the most recently used blocks are kept.

#include "base/error.hpp"
#include "bus/journal.hpp"
#include "hub/publication_batch.hpp"
#include "net/loops.hpp"
#include "net/worker_pool.hpp"

#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <utility>

namespace rotacast::live {

class History {
  public:
    /// Reads publications of up to `limit` entries after `after`, or what retention left of them;
    /// an empty range if there are none. Blocks; any thread.
    using Read = std::function<Result<hub::JournalRange>(events::Offset after, std::size_t limit)>;
    using Done = std::function<void(Result<hub::PublicationBatchPtr>)>;

    static constexpr std::size_t block_entries = 256;
    static constexpr std::size_t blocks_kept = 64;
    /// Of events as JSON, over all kept blocks; about three times that in memory.
    static constexpr std::size_t bytes_kept = 32 << 20;

    /// `queue`: runs the reads; must be closed before this is destroyed. The journal outlives this.
    History(net::JobQueue& queue, const hub::Encodings& encodings, bus::Journal& journal);

    /// For tests, which have publications but no journal.
    History(net::JobQueue& queue, const hub::Encodings& encodings, Read read)
        : queue_(queue), encodings_(encodings), read_(std::move(read)) {}

    /// Reads the block that holds the first entry after `after`. If retention deleted its
    /// beginning, the block's after() is beyond `after`. `done` is called on `loop`; with
    /// `unavailable` if too many reads wait, or if the journal has begun another epoch (the hub
    /// announces it soon). Thread: any.
    void read(const events::Cursor& after, net::Loop& loop, Done done);

  private:
    Result<hub::PublicationBatchPtr> block_behind(const events::Cursor& after);
    hub::PublicationBatchPtr find(const std::string& epoch, events::Offset start);
    void keep(const hub::PublicationBatchPtr& block);

    net::JobQueue& queue_;
    const hub::Encodings& encodings_;
    Read read_;
    std::mutex mutex_;
    std::list<hub::PublicationBatchPtr> kept_;  ///< most recently used first
    std::size_t bytes_ = 0;                     ///< of kept_
};

}  // namespace rotacast::live
