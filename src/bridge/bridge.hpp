#pragma once

// The bridge between a cluster and the original's programs, which speak over channels of the same
// Redis (docs/redis.md, docs/adr/0057).

#include "bridge/counters.hpp"
#include "bridge/receiver.hpp"
#include "bridge/sender.hpp"
#include "redis/sentinel.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <thread>

namespace rotacast::bridge {

struct BridgeOptions {
    bool takes_in = false;
    bool sends_out = false;
    Channels channels;
    redis::Target target;
    cluster::KeyNames keys{"rotacast"};
};

/// Has a thread of its own, `bridge`, and a connection for each direction.
class Bridge {
  public:
    /// Both must outlive it, and the journal must be closed before it is destroyed. `journal` is
    /// one that follows the order in Redis under these keys.
    Bridge(bus::Bus& bus, bus::Journal& journal, BridgeOptions options);
    ~Bridge();  ///< close()
    Bridge(const Bridge&) = delete;
    Bridge& operator=(const Bridge&) = delete;

    /// Connects; does not wait for that. Call after Journal::follow(), once.
    void start();

    /// The journal's tail has passed. Thread: any. Never blocks.
    void wake();

    /// Takes in and sends no more; what it has not sent other nodes do, or this one after its next
    /// start. Blocks for the running read of the journal. Idempotent.
    void close();

    /// Thread: any.
    std::map<std::string, std::int64_t> counts() const { return counters_->all(); }

  private:
    const BridgeOptions options_;
    const std::shared_ptr<Counters> counters_ = std::make_shared<Counters>();
    SentMessages sent_;
    asio::io_context context_{1};
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    std::shared_ptr<Receiver> receiver_;  // nullptr: does not take in
    std::shared_ptr<Sender> sender_;      // nullptr: does not send
    std::atomic<bool> is_woken_ = false;
    std::thread thread_;
};

}  // namespace rotacast::bridge
