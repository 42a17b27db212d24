#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "load/options.hpp"
#include "load/publisher.hpp"

namespace rotacast::bench {

/// The request that publishes `count` events on each schedule of a crowd; their messages begin with
/// `first`, `first` + 1, …. With an Idempotency-Key it publishes once, even when it is sent twice.
[[nodiscard]] std::string numbered_events_request(const Options& options,
                                                  std::string_view idempotency_key,
                                                  std::uint64_t first,
                                                  std::size_t count);

/// Publishes event after event, one at a time on each schedule of a crowd, every
/// `options.interval_ms`, over whatever becomes of the server: what got no answer is sent again
/// until it has one, so each number is published exactly once. What fell due while the server was
/// away follows at once when it is back.
class Feed {
  public:
    explicit Feed(const Options& options);

    /// Does what is due, without waiting but for the connection itself. Throws when the server has
    /// taken nothing for 60 s.
    void proceed();
    /// Nothing new from now on; what has no answer yet is still seen to.
    void stop() { stopped_ = true; }
    [[nodiscard]] bool finished() const { return stopped_ && request_.empty(); }

    /// Numbers 1 to this one are in the journal.
    [[nodiscard]] std::uint64_t published() const { return published_; }
    /// Requests that had to be sent again.
    [[nodiscard]] std::uint64_t repeats() const { return repeats_; }

  private:
    void begin_next();
    void attempt();
    void take_answer();
    void lost();

    const Options& options_;
    std::optional<Publisher> publisher_;
    std::string run_;      // what makes the keys of its requests its own
    std::string request_;  // not yet answered
    std::uint64_t published_ = 0;
    std::uint64_t repeats_ = 0;
    std::uint64_t next_ns_;
    std::uint64_t retry_ns_ = 0;
    std::uint64_t answered_ns_;
    bool stopped_ = false;
};

}  // namespace rotacast::bench
