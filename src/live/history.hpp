#pragma once

// What lies too far back for the hub's memory: publications read from the journal in blocks, on a
// worker, so that live traffic does not wait. Many clients that come back at once ask for the same
// blocks; the newest of those are kept.

#include "base/error.hpp"
#include "hub/publication_batch.hpp"
#include "net/loops.hpp"

#include <boost/asio/any_io_executor.hpp>

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
    using Read = std::function<Result<hub::Stretch>(events::Offset after, std::size_t limit)>;
    using Done = std::function<void(Result<hub::PublicationBatchPtr>)>;

    static constexpr std::size_t block_entries = 256;
    static constexpr std::size_t blocks_kept = 64;

    /// `workers`: where blocking is allowed; stopped before this goes.
    History(net::asio::any_io_executor workers, const hub::WireForms& forms, Read read)
        : workers_(std::move(workers)), forms_(forms), read_(std::move(read)) {}

    /// The block that holds the first entry behind `after`, or what is left of it: then its
    /// after() is beyond `after`. `done` is called on `loop`. Thread: any.
    /// `unavailable` when the journal is of another epoch now; the hub tells of that soon.
    void read(const events::Cursor& after, net::Loop& loop, Done done);

  private:
    Result<hub::PublicationBatchPtr> block_behind(const events::Cursor& after);
    hub::PublicationBatchPtr find(const std::string& epoch, events::Offset start);
    void keep(const hub::PublicationBatchPtr& block);

    net::asio::any_io_executor workers_;
    const hub::WireForms& forms_;
    Read read_;
    std::mutex mutex_;
    std::list<hub::PublicationBatchPtr> kept_;  ///< the last used first
};

}  // namespace rotacast::live
