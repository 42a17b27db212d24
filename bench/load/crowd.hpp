#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <queue>
#include <string>
#include <vector>

#include "load/options.hpp"
#include "load/v1_client.hpp"

namespace rotacast::bench {

/// Many clients of rotacast.v1 that disconnect and reconnect, on one epoll and one thread. Client i
/// watches schedule i modulo `options.schedules`.
class Crowd {
  public:
    /// The token for the next connection of client `index`.
    using TokenOf = std::function<std::string(std::size_t index)>;

    /// `options` and `watcher` must outlive the crowd.
    Crowd(const Options& options, V1Watcher& watcher, TokenOf token_of);

    /// Connects all clients, a limited number at a time; returns when all are live. Throws if one
    /// is rejected.
    void enter_all();

    /// Starts a connection of `client`.
    void connect(V1Client& client);
    /// Calls V1Watcher::on_due() once at `at_ns`; replaces an earlier request of the same client.
    void wake(V1Client& client, std::uint64_t at_ns);

    /// Waits for at most `timeout_ms` and processes what is ready or due.
    void poll(int timeout_ms);

    [[nodiscard]] const std::vector<std::unique_ptr<V1Client>>& clients() const { return clients_; }
    [[nodiscard]] std::size_t live() const;
    /// How many clients have seen the event numbered `last`, or a later one.
    [[nodiscard]] std::size_t have_seen(std::uint64_t last) const;
    /// Sum over all clients.
    [[nodiscard]] std::uint64_t sum(std::uint64_t (V1Client::*count)() const) const;
    [[nodiscard]] std::uint64_t sum(std::uint64_t (SequenceCheck::*count)() const) const;

  private:
    struct Wake {
        std::uint64_t at_ns;
        std::size_t index;
        std::uint64_t number;
        bool operator>(const Wake& other) const { return at_ns > other.at_ns; }
    };

    void handle(V1Client& client);
    void set_interest(const V1Client& client, int operation, std::uint32_t events);
    void carry_out_due();
    [[nodiscard]] int wait_ms(int timeout_ms) const;

    const Options& options_;
    V1Watcher& watcher_;
    TokenOf token_of_;
    Descriptor epoll_;
    std::string scratch_;
    std::vector<std::unique_ptr<V1Client>> clients_;
    std::priority_queue<Wake, std::vector<Wake>, std::greater<>> wakes_;
    std::vector<std::uint64_t> wake_numbers_;  // by client: number of its latest request
};

/// The schedules that the clients watch, numbered from 0.
[[nodiscard]] std::string crowd_schedule(std::size_t number);

}  // namespace rotacast::bench
