#pragma once

// Divides the subscribers of this node's bus with the other nodes of the cluster (docs/adr/0060):
// carries out what DutyDivision decides, between Redis and the dispatcher.

#include "bus/dispatcher.hpp"
#include "bus/duties.hpp"
#include "cluster/duty_division.hpp"
#include "cluster/duty_encoding.hpp"
#include "redis/kept_connection.hpp"
#include "redis/script_loading.hpp"
#include "store/sqlite_deliveries.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>

namespace rotacast::cluster {

namespace asio = boost::asio;

struct SharedDutiesOptions {
    std::string node;  ///< id; stays the same when the node restarts
    DutyOptions division;
    DutyKeys keys{"rotacast"};
    /// Connects to the primary; called on the thread `duties`.
    redis::KeptConnection::Open open;
    /// How long to wait for a journal that has not what a copy speaks of. What it still lacks then
    /// counts as lost.
    Milliseconds journal_patience{10'000};
    /// How long stop() waits for Redis to have everything.
    Milliseconds stop_patience{1'000};
};

/// Has a thread, `duties`. start() and stop() are for the owner's thread; the port is thread-safe.
class SharedDuties final : public bus::Duties {
  public:
    /// `deliveries` is the store that the dispatcher will have; what it commits from now on is
    /// followed. Errors: `unavailable`.
    static Result<std::unique_ptr<SharedDuties>> open(store::SqliteDeliveries& deliveries,
                                                      SharedDutiesOptions options);
    ~SharedDuties() override;

    /// Both must be usable until stop().
    void start(bus::Dispatcher& dispatcher, bus::Subscribers& subscribers);
    /// Hands all duties over. Call it after Dispatcher::close(). Idempotent.
    void stop();
    /// Ends at once, without handing over: others take the duties when the leases have ended.
    /// For tests, and when the process must end.
    void abandon();

    std::optional<bus::SteadyTime> held_until(const std::string& subscriber) const override;
    std::string holder_of(const std::string& subscriber) const override;
    void running(std::set<std::string> subscribers) override;
    void forget(const std::string& subscriber) override;

  private:
    SharedDuties(store::SqliteDeliveries& deliveries, SharedDutiesOptions options);

    // Redis.
    redis::KeptConnection::Events connection_events();
    void failed(const Error& error);
    void call(std::string_view script,
              const std::function<void(redis::Command&)>& add_words,
              std::function<Result<void>(const redis::Reply&)> take);
    asio::awaitable<void> read_copy(ReadCopy action);
    asio::awaitable<Result<SharedCopy>> read_from(redis::ConnectionPtr connection,
                                                  std::string subscriber);

    // The dispatcher's thread.
    bool take_over(bus::Dispatcher& dispatcher, const TakeOver& action);
    bool has_reached(const bus::Dispatcher& dispatcher, const TakeOver& action);

    Milliseconds time() const;
    void tick();
    void run();
    void show();
    /// Runs it on the thread `duties`.
    void later(std::function<void()> work);
    void carry_out(const HoldDuties& action);
    void carry_out(const ReadCopy& action);
    void carry_out(const TakeOver& action);
    void carry_out(const ReadWhole& action);
    void carry_out(const WriteCopy& action);

    const SharedDutiesOptions options_;
    store::SqliteDeliveries& deliveries_;
    bus::Dispatcher* dispatcher_ = nullptr;
    bus::Subscribers* subscribers_ = nullptr;
    DutyDivision division_;
    asio::io_context context_{1};
    asio::steady_timer ticks_;
    const std::shared_ptr<redis::KeptConnection> connection_;
    redis::ScriptDigests digests_;
    std::string identity_;
    const bus::SteadyTime began_ = std::chrono::steady_clock::now();
    // Of the dispatcher's thread: since when a journal has been waited for.
    std::map<std::pair<std::string, std::uint64_t>, bus::SteadyTime> waiting_since_;

    mutable std::mutex mutex_;  // guards what follows
    std::condition_variable left_changed_;
    std::map<std::string, Milliseconds> held_;
    std::map<std::string, std::string> others_;
    bool is_left_ = false;

    std::thread thread_;
};

}  // namespace rotacast::cluster
