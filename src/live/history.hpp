#pragma once

// What lies too far back for the hub's memory: publications read from the journal in blocks, on a
// worker, so that live traffic does not wait. Many clients that come back at once ask for the same
// blocks; the newest of those are kept.

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
    /// Publications of up to `limit` entries behind `after`, or of what retention has left of
    /// them; nothing to be had is an empty stretch. Blocks; any thread.
    using Read = std::function<Result<hub::JournalRange>(events::Offset after, std::size_t limit)>;
    using Done = std::function<void(Result<hub::PublicationBatchPtr>)>;

    static constexpr std::size_t block_entries = 256;
    static constexpr std::size_t blocks_kept = 64;
    /// Of events as JSON, over all kept blocks; in memory about three times that.
    static constexpr std::size_t bytes_kept = 32 << 20;

    /// `queue`: where it reads; closed before this goes. The journal outlives it.
    History(net::JobQueue& queue, const hub::Encodings& forms, bus::Journal& journal);

    /// For tests, which have publications without a journal.
    History(net::JobQueue& queue, const hub::Encodings& forms, Read read)
        : queue_(queue), encodings_(forms), read_(std::move(read)) {}

    /// The block that holds the first entry behind `after`, or what is left of it: then its
    /// after() is beyond `after`. `done` is called on `loop`; with `unavailable` when too many
    /// reads wait, or when the journal has begun another epoch, of which the hub tells soon.
    /// Thread: any.
    void read(const events::Cursor& after, net::Loop& loop, Done done);

  private:
    Result<hub::PublicationBatchPtr> block_behind(const events::Cursor& after);
    hub::PublicationBatchPtr find(const std::string& epoch, events::Offset start);
    void keep(const hub::PublicationBatchPtr& block);

    net::JobQueue& queue_;
    const hub::Encodings& encodings_;
    Read read_;
    std::mutex mutex_;
    std::list<hub::PublicationBatchPtr> kept_;  ///< the last used first
    std::size_t bytes_ = 0;                     ///< of kept_
};

}  // namespace rotacast::live
