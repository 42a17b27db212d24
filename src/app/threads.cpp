#include "app/threads.hpp"

#include <algorithm>
#include <thread>

namespace rotacast::app {
namespace {

// A lookup in the directory takes about 50 us; all clients that reconnect at once after a restart
// may wait for one, as `limits.upgrades_burst` allows.
net::WorkerPoolOptions directory_options() {
    return {.name = "directory", .threads = 2, .waiting_max = 32'768};
}

// A hash takes a quarter of a second: with a longer queue requests would wait longer than people
// do.
net::WorkerPoolOptions password_options() {
    const std::size_t threads = std::max(1U, std::thread::hardware_concurrency() / 2);
    return {
        .name = "passwords", .threads = threads, .waiting_max = 16 * threads, .gives_way = true};
}

// Each connection has at most one read pending.
net::WorkerPoolOptions history_options() {
    return {.name = "history", .threads = 2, .waiting_max = 32'768};
}

}  // namespace

Threads::Threads(std::size_t loop_count)
    : loops(loop_count),
      directory_pool(directory_options()),
      password_pool(password_options()),
      history_pool(history_options()) {}

std::vector<net::asio::any_io_executor> Threads::loop_executors() {
    std::vector<net::asio::any_io_executor> executors;
    for (std::size_t i = 0; i < loops.size(); ++i) executors.emplace_back(loops.executor(i));
    return executors;
}

void Threads::close_pools() {
    password_pool.close();
    directory_pool.close();
    history_pool.close();
}

void Threads::join_readers_and_watchers() {
    for (auto* threads : {&watchers, &tail_readers}) {
        threads->stop();
        threads->join();
    }
}

}  // namespace rotacast::app
