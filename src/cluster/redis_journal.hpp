#pragma once

// The journal of a cluster's node: Redis gives the order, the node keeps the whole journal
// (docs/adr/0053). What reads it reads the replica, in the node's own SQLite file.

#include "cluster/order_io.hpp"
#include "config/redis.hpp"
#include "store/replica_journal.hpp"
#include "store/sqlite_outbox.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>

namespace rotacast::cluster {

struct RedisJournalOptions {
    OrderIoOptions order;
    store::ReplicaJournalOptions replica;
    store::SqliteOutboxOptions outbox;
    /// How long close() waits for the good-bye to the other nodes.
    std::chrono::milliseconds leave_timeout{1'000};
};

/// See bus::Journal. Besides:
///
/// - While Redis cannot be reached, requests are stored in the outbox and answered with receipts
///   that are not `ordered`, whose offset is the present end; requests with version claims are
///   answered `unavailable`, because nobody could check them.
/// - `done` is called on the journal's thread after the tail, as there; errors may come on the
///   thread `redis` or the caller's.
/// - refuse_unseen is decided by what this node's replica knows.
class RedisJournal final : public bus::Journal {
  public:
    /// Does not wait for Redis. Errors: `unavailable` if a file cannot be opened or another process
    /// uses it.
    static Result<std::unique_ptr<RedisJournal>> open(const std::string& path,
                                                      RedisJournalOptions options);
    ~RedisJournal() override;

    void append(bus::AppendRequest request, Done done) override;
    /// Connects to Redis.
    void follow(Tail tail) override;
    Result<bus::EntryBatchPtr> read(bus::Offset after, std::size_t limit) override;
    bus::JournalState state() const override;
    std::optional<bus::Offset> shared_with(const std::string& epoch) const override;
    void close() override;

    /// This node's identifier.
    const std::string& node() const { return options_.order.ordering.node; }
    /// Of some milliseconds ago.
    std::shared_ptr<const OrderIo::Status> status() const { return io_->status(); }

  private:
    RedisJournal(std::unique_ptr<store::ReplicaJournal> replica,
                 std::unique_ptr<store::SqliteOutbox> outbox,
                 RedisJournalOptions options);

    void submit(bus::AppendRequest request, OrderRequestPtr encoded, Done done);
    void submit_if_seen(bus::AppendRequest request, OrderRequestPtr encoded, Done done);
    void say_good_bye();

    const RedisJournalOptions options_;
    std::unique_ptr<store::ReplicaJournal> replica_;
    std::unique_ptr<store::SqliteOutbox> outbox_;
    boost::asio::io_context context_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    std::shared_ptr<OrderIo> io_;
    std::shared_mutex closing_mutex_;  // what is posted while it is shared runs before the end
    bool closing_ = false;
    std::once_flag closed_;
    std::thread thread_;
};

/// The identifier that this node has in the cluster: kept in `<database>-node`, made at the first
/// start. Errors: `unavailable` if the file cannot be read or written.
Result<std::string> node_identifier(const std::string& database);

}  // namespace rotacast::cluster
