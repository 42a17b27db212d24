#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "load/options.hpp"
#include "load/publisher.hpp"

namespace rotacast::bench {

/// The request that publishes `count` events on each schedule of a crowd. Their messages start with
/// `first`, `first` + 1, …. It has an Idempotency-Key, so that sending it twice publishes once.
[[nodiscard]] std::string numbered_events_request(const Options& options,
                                                  std::string_view idempotency_key,
                                                  std::uint64_t first,
                                                  std::size_t count);

/// Publishes events one at a time on each schedule of a crowd, every `options.interval_ms`,
/// whatever happens to the server. A request without a response is sent again until there is one,
/// so each number is published exactly once. Events that were due while the server was down are
/// published as soon as it is back.
class Feed {
  public:
    explicit Feed(const Options& options);

    /// Sends what is due; blocks only while connecting. Throws if the server has accepted nothing
    /// for 60 s.
    void proceed();
    /// Publishes no new events; pending requests are still completed.
    void stop() { stopped_ = true; }
    [[nodiscard]] bool finished() const { return stopped_ && request_.empty(); }

    /// Events with the numbers 1 to this one are in the journal.
    [[nodiscard]] std::uint64_t published() const { return published_; }
    /// Requests that were sent again.
    [[nodiscard]] std::uint64_t repeats() const { return repeats_; }

  private:
    void begin_next();
    void attempt();
    void take_answer();
    void lost();

    const Options& options_;
    std::optional<Publisher> publisher_;
    std::string run_;      // part of the requests' keys, different for each run
    std::string request_;  // pending
    std::uint64_t published_ = 0;
    std::uint64_t repeats_ = 0;
    std::uint64_t next_ns_;
    std::uint64_t retry_ns_ = 0;
    std::uint64_t answered_ns_;
    bool stopped_ = false;
};

}  // namespace rotacast::bench
