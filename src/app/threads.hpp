#pragma once

// The threads that serve requests: the loops, and the pools whose work would block a loop. The bus,
// the journal and the webhooks have threads of their own.

#include "net/loops.hpp"
#include "net/worker_pool.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/thread_pool.hpp>

#include <cstddef>
#include <vector>

namespace rotacast::app {

/// Destroyed after the path of an event and all sessions, which post jobs here to the last; and
/// before the stores, which these jobs read. Node::stop() has ended the loops by then.
struct Threads {
    /// `loop_count`: 0 means one per core.
    explicit Threads(std::size_t loop_count);

    /// One for each loop, in their order.
    std::vector<net::asio::any_io_executor> loop_executors();

    /// Waiting requests are answered that the server is busy.
    void close_pools();
    /// Ends the readers of the tail and the watchers. Their jobs that still wait are dropped.
    void join_readers_and_watchers();

    net::Loops loops;
    net::WorkerPool directory_pool;
    net::WorkerPool password_pool;
    net::WorkerPool history_pool;
    // Reads the journal for loops that are behind: at most one job waits for each.
    net::asio::thread_pool tail_readers{1};
    // Of the directory, the key set and the certificate, one thread each.
    net::asio::thread_pool watchers{3};
};

}  // namespace rotacast::app
