#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "net/turn_queue.hpp"
#include "net/websocket_stats.hpp"

namespace rotacast::net {

namespace asio = boost::asio;

/// One reading of the clocks, used for everything on a loop until the next one.
struct Tick {
    std::chrono::steady_clock::time_point steady;
    Timestamp wall;
};

/// A session or other object on a loop that is called at each tick. All calls come on the loop's
/// thread. None of them may add or remove members directly: post it.
class LoopMember {
  public:
    virtual ~LoopMember() = default;

    /// Called every tick (250 ms), with the loop's clock. If this or one of the next two throws,
    /// abort() is called.
    virtual void on_tick(const Tick& tick) = 0;
    /// The server is shutting down: on_drain() will be called `in` from now. Clients should come
    /// back `come_back_in` from now: both times are spread over the clients.
    virtual void on_draining(std::chrono::milliseconds /*in*/,
                             std::chrono::milliseconds /*come_back_in*/) {}
    /// The session should send its goodbye and end soon.
    virtual void on_drain() = 0;
    /// The time for that is over: the session must end now.
    virtual void abort() = 0;

  private:
    friend class Loop;
    std::size_t slot_ = 0;
    std::chrono::steady_clock::time_point drain_at_ = std::chrono::steady_clock::time_point::max();
};

/// One connection's share of a loop's load; returns it when destroyed. Any thread.
class ConnectionSlot {
  public:
    ConnectionSlot() = default;
    explicit ConnectionSlot(std::atomic<std::size_t>& count) noexcept : count_(&count) { ++count; }

  private:
    struct Release {
        void operator()(std::atomic<std::size_t>* count) const noexcept { --*count; }
    };
    std::unique_ptr<std::atomic<std::size_t>, Release> count_;
};

/// One io_context, run by one thread. Only that thread uses what lives on a loop; others post to
/// it. Other threads may only use post(), executor(), index(), connections(), take_slot(),
/// websocket_stats(), sse_stats(), http_stats(), queue_stats() and lag().
class Loop {
  public:
    using Executor = asio::io_context::executor_type;
    static constexpr std::chrono::milliseconds tick_interval{250};
    static constexpr std::size_t scratch_bytes = 64 * 1024;

    explicit Loop(std::size_t index);
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    Executor executor() noexcept { return context_.get_executor(); }
    std::size_t index() const noexcept { return index_; }

    /// Runs `job` later on the loop's thread, in the order of posting. Any thread.
    template <class Job>
    void post(Job&& job) {
        asio::post(context_, std::forward<Job>(job));
    }

    /// Runs what is ready on the caller's thread, for tests that control every step. Not for a loop
    /// that Loops has started.
    std::size_t poll() {
        context_.restart();
        return context_.poll();
    }

    /// Ticks all members with this clock; for the same tests.
    void pass_time(const Tick& tick) { tick_members(tick); }

    /// The clocks as of the last tick: at most 250 ms (and one callback) old; costs nothing.
    const Tick& tick() const noexcept { return tick_; }

    /// A buffer for bytes that are read and consumed within one callback; shared by all on this
    /// loop.
    std::span<std::uint8_t> scratch() noexcept { return scratch_; }

    /// The loop keeps `member` alive and ticks it until remove().
    void add(std::shared_ptr<LoopMember> member);
    void remove(LoopMember& member);
    bool draining() const noexcept { return draining_; }

    /// For the handshakes of this loop's connections.
    TurnQueue& handshakes() noexcept { return handshakes_; }

    ConnectionSlot take_slot() noexcept { return ConnectionSlot(connections_); }
    std::size_t connections() const noexcept { return connections_; }

    WebSocketStats& websocket_stats() noexcept { return websocket_stats_; }
    const WebSocketStats& websocket_stats() const noexcept { return websocket_stats_; }
    SseStats& sse_stats() noexcept { return sse_stats_; }
    const SseStats& sse_stats() const noexcept { return sse_stats_; }
    HttpStats& http_stats() noexcept { return http_stats_; }
    const HttpStats& http_stats() const noexcept { return http_stats_; }

    /// A member says at each tick what waits in its send queue. So the sum costs nothing when
    /// something is sent.
    void note_queued(std::size_t bytes) noexcept {
        if (bytes == 0) return;
        queued_.bytes += bytes;
        queued_.longest_bytes = std::max(queued_.longest_bytes, bytes);
        ++queued_.connections;
    }
    const QueueStats& queue_stats() const noexcept { return queue_stats_; }
    /// How late the ticks came.
    const Histogram& lag() const noexcept { return lag_; }

  private:
    friend class Loops;

    struct Queued {
        std::size_t bytes = 0;
        std::size_t longest_bytes = 0;
        std::size_t connections = 0;
    };

    void run();
    void stop() { context_.stop(); }
    void arm_tick();
    void on_tick();
    void tick_members(const Tick& tick);
    void show_queued() noexcept;
    template <class Call>
    void for_member(LoopMember& member, Call&& call) noexcept;
    void drain(std::chrono::milliseconds window, std::function<void()> when_empty);
    void arm_drain();
    void drain_those_due();
    void abort_members();

    // The order matters: sessions that members_ or operations of context_ still hold return their
    // slots when they are destroyed.
    const std::size_t index_;
    std::atomic<std::size_t> connections_{0};
    WebSocketStats websocket_stats_;
    SseStats sse_stats_;
    HttpStats http_stats_;
    QueueStats queue_stats_;
    Queued queued_;  // as told during this tick
    Histogram lag_;
    std::vector<std::uint8_t> scratch_;
    Tick tick_;
    bool draining_ = false;
    std::function<void()> when_empty_;
    asio::io_context context_{1};
    asio::executor_work_guard<Executor> work_{context_.get_executor()};
    asio::steady_timer timer_{context_};
    asio::steady_timer drain_timer_{context_};
    TurnQueue handshakes_{context_};
    std::vector<std::shared_ptr<LoopMember>> members_;
};

/// The process's loops, one thread each, named `loop-0` and so on.
///
/// To end: stop the listeners, then call drain(), then stop() (or the destructor). All from one
/// thread that is not a loop.
class Loops {
  public:
    /// `count` 0: one loop per core that may be used.
    explicit Loops(std::size_t count);
    ~Loops();

    void start();

    /// Calls `done` on one of the loops after each loop has run everything posted to it before. Any
    /// thread.
    void pass(std::function<void()> done);

    /// Asks every session to end (WebSocket: 1001), spread evenly over `window`, or over less time
    /// if there are few sessions (see drain_pace). Waits until they have ended, at most `patience`
    /// beyond the window; then runs `before_force` on the caller's thread, to cancel what sessions
    /// wait for, and aborts the rest. Afterwards every session has notified its handler.
    void drain(std::chrono::milliseconds window,
               std::chrono::milliseconds patience,
               const std::function<void()>& before_force = {});

    /// Sessions ended per second that cause no notable load when their clients come back.
    static constexpr std::size_t drain_pace = 100;

    /// Ends the threads; posted jobs that did not run yet are dropped. Idempotent.
    void stop();

    std::size_t size() const noexcept { return loops_.size(); }
    Loop& operator[](std::size_t index) noexcept { return *loops_[index]; }
    Loop::Executor executor(std::size_t index) noexcept { return loops_[index]->executor(); }

    /// The loop with the fewest connections. Any thread.
    Loop& next() noexcept;
    /// Connections of all loops. Any thread.
    std::size_t connections() const noexcept;

  private:
    std::vector<std::unique_ptr<Loop>> loops_;
    std::vector<std::thread> threads_;
};

}  // namespace rotacast::net
