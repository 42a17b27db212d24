#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace rotacast::net {

/// Written by one thread, read by any. Adding costs a load and a store, no locked instruction.
class Counter {
  public:
    void add(std::uint64_t count = 1) noexcept {
        value_.store(value() + count, std::memory_order_relaxed);
    }
    std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

  private:
    std::atomic<std::uint64_t> value_{0};
};

/// What the sessions of one kind on one loop have sent.
struct OutgoingStats {
    Counter frames_out;  // hub frames: a batch of several events counts as one
    Counter bytes_out;
    Counter frames_dropped;
};

/// What all streams of server-sent events of one loop did since the start. Written by that loop
/// alone.
struct SseStats : OutgoingStats {
    Counter opened;
    Counter closed;
    Counter slow_consumers;  // of those closed
    Counter handler_faults;
};

/// What all HTTP connections of one loop refused before there was a request to answer: bytes that
/// are none, and bounds of size and time. Written by that loop alone.
struct HttpStats {
    Counter turned_away;    // 503, on loop 0: too many connections of all kinds
    Counter timeouts;       // 408
    Counter bodies_large;   // 413
    Counter headers_large;  // 431
    Counter malformed;      // 400, and what else HTTP cannot be

    void count_refusal(unsigned status) noexcept {
        switch (status) {
            case 408: return timeouts.add();
            case 413: return bodies_large.add();
            case 431: return headers_large.add();
            default: return malformed.add();
        }
    }
};

/// What all WebSocket sessions of one loop did since the start. Written by that loop alone.
struct WebSocketStats : OutgoingStats {
    static constexpr std::uint16_t first_code = 1000;
    static constexpr std::size_t codes = 16;

    Counter opened;
    Counter closed;
    Counter messages_in;
    Counter bytes_in;
    Counter handler_faults;
    /// By the code that ended the session, whichever side named it first: 1000 to 1015 (1005 no
    /// code, 1006 cut without a close frame); all others together.
    std::array<Counter, codes> closed_by_code;
    Counter closed_by_other_code;

    void count_close(std::uint16_t code) noexcept {
        closed.add();
        if (code >= first_code && code < first_code + codes) {
            closed_by_code[code - first_code].add();
        } else {
            closed_by_other_code.add();
        }
    }
};

}  // namespace rotacast::net
