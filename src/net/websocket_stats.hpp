#pragma once

#include "base/counter.hpp"
#include "base/histogram.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace rotacast::net {

/// What the sessions of one kind on one loop have sent.
struct OutgoingStats {
    Counter frames_out;  // hub frames: a batch of several events counts as one
    Counter bytes_out;
    Counter frames_dropped;
    Counter slow_consumers;  // connections ended because of it
};

/// Counts over all streams of server-sent events of one loop since the start. Written by that loop
/// only.
struct SseStats : OutgoingStats {
    Counter opened;
    Counter closed;
    Counter handler_faults;
};

/// Counts what HTTP connections of one loop refused before there was a valid request: input that is
/// not HTTP, and exceeded limits of size and time. Written by that loop only.
struct HttpStats {
    Counter turned_away;    // 503, on loop 0: too many connections
    Counter timeouts;       // 408
    Counter bodies_large;   // 413
    Counter headers_large;  // 431
    Counter malformed;      // 400, and other errors of HTTP
    /// From the first byte of a request to its connection being a WebSocket or a stream.
    Histogram connects;

    void count_refusal(unsigned status) noexcept {
        switch (status) {
            case 408: return timeouts.add();
            case 413: return bodies_large.add();
            case 431: return headers_large.add();
            default: return malformed.add();
        }
    }
};

/// What waited in the send queues of one loop's sessions at its last tick. Written by that loop
/// only.
struct QueueStats {
    Counter bytes;
    Counter longest_bytes;
    Counter connections;  // whose queue was not empty
};

/// Counts over all WebSocket sessions of one loop since the start. Written by that loop only.
struct WebSocketStats : OutgoingStats {
    /// A range of close codes with a counter for each.
    template <std::uint16_t First, std::size_t Count>
    struct Codes {
        std::array<Counter, Count> counters;

        bool count(std::uint16_t code) noexcept {
            const bool ours = code >= First && code < First + Count;
            if (ours) counters[code - First].add();
            return ours;
        }
        /// Calls `see(code, how_many)` for each code.
        template <class See>
        void each(See see) const {
            for (std::size_t i = 0; i < Count; ++i) see(First + i, counters[i].value());
        }
    };

    Counter opened;
    Counter closed;
    Counter messages_in;
    Counter bytes_in;
    Counter handler_faults;
    /// By the code that ended the session, whichever side sent it first: codes of RFC 6455 (1005 no
    /// code, 1006 ended without a close frame), codes of our protocols (4503: the server lacks
    /// something); all others together.
    Codes<1000, 16> closed_by_code;
    Codes<4400, 32> closed_by_own_code;
    Codes<4500, 4> closed_by_own_lack;
    Counter closed_by_other_code;

    void count_close(std::uint16_t code) noexcept {
        closed.add();
        const bool known = closed_by_code.count(code) || closed_by_own_code.count(code) ||
                           closed_by_own_lack.count(code);
        if (!known) closed_by_other_code.add();
    }
};

}  // namespace rotacast::net
