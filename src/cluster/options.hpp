#pragma once

// Bounds and times of one node's part in the order.

#include "cluster/script_calls.hpp"

#include <cstddef>
#include <string>

namespace rotacast::cluster {

struct OrderingOptions {
    std::string node;     ///< id of this node; stays the same when it restarts
    std::string name;     ///< for people
    std::string version;  ///< of the program

    // Requests that wait, are in flight, or are being written to the outbox. Beyond them submit()
    // is answered `unavailable` at once.
    std::size_t pending_requests_max = 20'000;
    std::size_t pending_bytes_max = 64 << 20;
    // Append calls in flight, and the size of one. One round trip carries many requests, so that a
    // burst costs Redis few script runs.
    std::size_t calls_in_flight_max = 16;
    std::size_t call_requests_max = 128;
    std::size_t call_bytes_max = 1 << 20;
    // One read of the stream, and what may wait for the replica before the next.
    std::size_t read_entries_max = 1'024;
    std::size_t unstored_bytes_max = 16 << 20;
    // One restore call, and how many entries are restored into an empty stream. A node that lacks
    // more than those gets a hole.
    std::size_t restore_entries = 512;
    std::size_t restore_bytes = 1 << 20;
    Offset restore_window = 100'000;
    // One read of the outbox.
    std::size_t outbox_rows = 512;
    std::size_t outbox_bytes = 4 << 20;
    // Rows of the outbox that are sent and not yet in the replica. Redis may be much faster.
    std::size_t unstored_rows_bytes_max = 16 << 20;
    // Entries that the stream keeps at least for nodes that were away; 0: as many as the replica.
    Offset stream_entries = 100'000;

    // How long a request may wait for the outbox to drain before it goes into the outbox itself.
    Milliseconds hold{200};
    // A call without an answer for that long: the connection is replaced.
    Milliseconds call_timeout{2'000};
    // How long a read of the stream blocks in Redis; beyond that and call_timeout the connection is
    // replaced.
    Milliseconds read_block{1'000};
    Milliseconds sign_interval{1'000};
    Milliseconds trim_interval{5'000};
    Milliseconds settle{1'000};
    Milliseconds lease{5'000};  ///< at least three sign_intervals

    // Defects, for tests that show that the simulator finds them.
    struct Faults {
        bool restores_nothing = false;        ///< ignores Restore
        bool answers_before_storing = false;  ///< takes the script's answer for durable
        bool removes_rows_early = false;      ///< empties the outbox at the script's answer
        bool trusts_every_record = false;  ///< does not look at the epochs of entries that it reads
    } faults;
};

}  // namespace rotacast::cluster
