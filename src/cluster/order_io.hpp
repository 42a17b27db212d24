#pragma once

// Carries out what Ordering decides: sends calls to Redis, reads the stream, writes the replica and
// the outbox, and gives their answers back to it.

#include "cluster/order_connections.hpp"
#include "cluster/ordering.hpp"
#include "cluster/request_encoding.hpp"
#include "cluster/script_encoding.hpp"
#include "redis/script_loading.hpp"
#include "store/replica_journal.hpp"
#include "store/sqlite_outbox.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace rotacast::cluster {

struct OrderIoOptions {
    OrderingOptions ordering;
    KeyNames keys{"rotacast"};
    ScriptOptions scripts;
    /// Connects to the primary.
    redis::KeptConnection::Open open;
};

/// Thread: that of its executor, except where it says otherwise. Replica and outbox must outlive
/// it, and be closed before it is destroyed.
class OrderIo : public std::enable_shared_from_this<OrderIo> {
  public:
    OrderIo(asio::any_io_executor executor,
            store::ReplicaJournal& replica,
            store::SqliteOutbox& outbox,
            OrderIoOptions options);

    /// Before the replica's first request. `show_early` gets, on the replica's thread, events that
    /// have no place in the order yet, before their publisher is answered.
    void start(bus::Journal::Tail show_early);
    /// Orders a request; `done` is called once, on the executor.
    void submit(bus::AppendRequest request, OrderRequestPtr encoded, bus::Journal::Done done);
    /// Says good-bye, then closes the connections: what waits goes to the outbox.
    void leave(std::function<void()> left);
    /// Answers what still waits `unavailable`.
    void stop();

    struct Status : OrderingStatus {
        std::string reason;  ///< why it is not online: whole sentences, for people
    };
    /// As it was some milliseconds ago. Thread: any.
    std::shared_ptr<const Status> status() const;

  private:
    struct Submitted {
        bus::AppendRequest request;
        bus::Journal::Done done;
        std::size_t bytes = 0;
        bool show_early = false;
    };

    void run();
    void tick();
    void disconnect(const std::function<void()>& then);
    /// Runs `then` on the executor, from any thread, as long as this lives; then what it causes.
    template <class Then>
    void later(Then then);

    void carry_out(SendCall action);
    void carry_out(const ReadStream& action);
    void carry_out(const Reconnect& action);
    void carry_out(StoreRecords action);
    void carry_out(Adopt action);
    void carry_out(const BeginAt& action);
    void carry_out(const ReadReplica& action);
    void carry_out(const ReadWitnesses& action);
    void carry_out(const WriteOutbox& action);
    void carry_out(const ReadOutbox& action);
    void carry_out(RemoveOutbox action);
    void carry_out(AnswerPublisher action);
    void carry_out(const ShowUnordered& action);
    void carry_out(const RowRefused& action);

    asio::awaitable<std::optional<redis::Refusal>> load_scripts(redis::Connection& connection);
    void take_reply(ActionId id, const ScriptCall& call, const Result<redis::Reply>& reply);
    void give_up_connection(const Error& why);
    void refused(std::size_t what, const Error& why);
    void done(std::size_t what);
    bool takes_part() const;
    void take_stream(ActionId id, const Result<redis::Reply>& reply);
    static ReplicaState state_of(const store::ReplicaJournal& replica);
    void replica_failed(const Error& error);
    Result<void> keep_dropped(std::vector<store::RawEntry> dropped);
    void say_stage();
    void show_status();
    void note_if_complete();

    asio::any_io_executor executor_;
    store::ReplicaJournal& replica_;
    store::SqliteOutbox& outbox_;
    const OrderIoOptions options_;
    bus::Journal::Tail show_early_;
    Ordering ordering_;
    std::shared_ptr<OrderConnections> connections_;
    asio::steady_timer timer_;
    const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
    redis::ScriptDigests digests_;
    std::unordered_map<Ticket, Submitted> submitted_;
    Ticket last_ticket_ = 0;
    bool told_online_ = false;
    std::string told_refusal_;
    /// What Redis has refused to do: a ScriptCall's index, or stream_read. Until it is done, this
    /// node does not say that it takes part in the order.
    std::optional<std::size_t> refused_;
    std::atomic<std::size_t> rows_kept_ = 0;  // by an Adopt that is under way
    mutable std::mutex status_mutex_;
    std::shared_ptr<const Status> status_;
    bool carrying_out_ = false;
    bool is_complete_ = false;
    bool leaving_ = false;
    bool stopped_ = false;
};

template <class Then>
void OrderIo::later(Then then) {
    asio::post(executor_, [weak = weak_from_this(), then = std::move(then)]() mutable {
        const auto self = weak.lock();
        if (!self || self->stopped_) return;
        then(*self);
        self->run();
    });
}

}  // namespace rotacast::cluster
