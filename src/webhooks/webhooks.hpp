#pragma once

// The webhooks of a server: stored in its database, each active one a subscriber of the bus,
// changeable while the server runs. Every operator action first writes its audit row: so no action
// lacks a row, but a row may describe an action that the disk then refused.

#include "bus/bus.hpp"
#include "bus/bus_admin.hpp"
#include "net/worker_pool.hpp"
#include "webhooks/sqlite_webhooks.hpp"
#include "webhooks/subscription.hpp"

#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>

namespace rotacast::webhooks {

/// How far a webhook has come.
struct Progress {
    std::string state;
    std::string reason;
    std::optional<Timestamp> held_until;
    std::int64_t lag = 0;
    std::int64_t waiting = 0;
    std::int64_t dead = 0;
    std::string last_error;
    std::optional<Timestamp> failing_since;
};
DESCRIBE(Progress,
         "Progress of a webhook.",
         (state, "`active`, `paused` by an operator or by itself, or `inactive`."),
         (reason, "Why it is paused."),
         (held_until, "Nothing is sent before, as the receiver asks by `Retry-After`."),
         (lag, "Entries between its position and the end of the journal, matching or not."),
         (waiting, "Events that wait for a retry, or behind one that does."),
         (dead, "Dead letters."),
         (last_error, "Name of the last failure."),
         (failing_since, "Time of the first failure since the last success."))

struct WebhookStatus {
    Webhook webhook;
    Progress progress;
};

/// The result for the test button.
struct TestResult {
    bool delivered = false;
    std::int64_t status = 0;
    std::string error;
    std::string message;
    std::optional<std::int64_t> retry_after_s;
    std::int64_t took_ms = 0;
};
DESCRIBE(TestResult,
         "Result of a test request.",
         (delivered, "Whether the receiver accepted it."),
         (status, "HTTP status of the answer; 0 if there was none."),
         (error, "Short and stable, such as `http_503`, `timeout` or `tls`; empty when delivered."),
         (message, "The error in words."),
         (retry_after_s,
          "Seconds that the receiver asks to wait by `Retry-After`; at most an hour."),
         (took_ms, "How long it took."))

struct WebhooksOptions {
    DeliveryOptions delivery = {};
    SenderOptions sender = {};
};

/// Thread-safe, except not on the dispatcher's thread; all methods but test() block on the disk and
/// the dispatcher. `who` goes to the audit row. Errors besides those named: `not_found` for an
/// unknown name, `unavailable` if the disk or the bus fails. Its subscribers live until the
/// dispatcher is closed; call close() before that.
class Webhooks {
  public:
    static constexpr std::size_t tests_max = 8;

    Webhooks(bus::Bus& bus,
             bus::Journal& journal,
             bus::BusAdmin& operations,
             std::unique_ptr<SqliteWebhooks> store,
             WebhooksOptions options);
    ~Webhooks();  ///< close()

    /// Subscribes all active webhooks, and deletes the subscribers of removed ones that an
    /// interrupted process left. Call it once, after the dispatcher has started.
    Result<void> start();

    /// Follows what others have changed in the database. Nothing before start().
    void follow();

    /// Cancels running tests, waits for the task that pool() runs, and cancels queued ones.
    /// Idempotent.
    void close();

    /// A worker for callers that must not block: runs the blocking calls one after the other.
    net::WorkerPool& pool() { return pool_; }

    Result<std::vector<WebhookStatus>> list();
    Result<WebhookStatus> find(const std::string& name);

    /// Returns the webhook with its secret, which is shown only here. `conflict` if the name is
    /// taken, deliveries of a former webhook of that name are still in use, or there are too many;
    /// `cursor_invalid`; `invalid_field` for an address that may not be called.
    Result<StoredWebhook> add(WebhookInput input, const std::string& who);

    /// Applies changes by read_changes(). Running requests are not affected.
    Result<Webhook> change(const std::string& name,
                           const json::value& changes,
                           const std::string& who);

    /// Removes the webhook with its position and deliveries, including dead letters. Cancels
    /// running requests.
    Result<void> remove(const std::string& name, const std::string& who);

    /// Replaces the secret by this one or by a random one.
    Result<StoredWebhook> rotate(const std::string& name,
                                 std::optional<std::string> secret,
                                 const std::string& who);

    /// Sends one ping, also for inactive and paused webhooks. `done` is called once with the
    /// result, on another thread or before this returns. `rate_limited` if tests_max are running or
    /// waiting. Blocks only for the disk.
    void test(const std::string& name,
              const std::string& who,
              std::function<void(Result<TestResult>)> done);

  private:
    Result<StoredWebhook> stored(const std::string& name);
    Result<void> check_room(const std::string& name);
    Result<std::string> begin_of(const std::optional<std::string>& from) const;
    Result<void> check_address(const std::string& url) const;
    Result<void> audit(const char* action,
                       const std::string& name,
                       std::string reason,
                       const std::string& who);
    Result<void> replace(const StoredWebhook& next);
    Result<void> subscribe(const StoredWebhook& stored);
    void unsubscribe(const std::string& name);
    void follow(const std::vector<StoredWebhook>& all);
    void end_removed(const std::vector<StoredWebhook>& all);
    void forget_removed(const std::vector<StoredWebhook>& all);
    Result<void> forget(const std::string& subscriber, const std::string& who);
    static Progress progress_of(const Webhook& webhook,
                                const std::vector<bus::SubscriberStatus>& statuses);

    bus::Bus& bus_;
    bus::Journal& journal_;
    bus::BusAdmin& operations_;
    const std::unique_ptr<SqliteWebhooks> store_;
    const WebhooksOptions options_;
    const std::shared_ptr<Sender> sender_;  // handlers share it

    std::mutex mutex_;  // one action at a time
    struct Subscribed {
        StoredWebhook stored;
        std::stop_source removed;
    };
    std::map<std::string, Subscribed> subscribed_;
    bool started_ = false;

    std::stop_source closing_;
    std::atomic<std::size_t> tests_ = 0;
    boost::asio::thread_pool test_threads_{2};
    net::WorkerPool pool_{{.name = "webhooks", .threads = 1, .waiting_max = 256}};
};

}  // namespace rotacast::webhooks
