#pragma once

// Listens on the original's channels and publishes what it hears.

#include "base/line_budget.hpp"
#include "bridge/counters.hpp"
#include "bridge/incoming.hpp"
#include "bridge/waiting_messages.hpp"
#include "redis/kept_connection.hpp"

#include <functional>
#include <memory>
#include <string>

namespace rotacast::bridge {

namespace asio = boost::asio;

/// What is published while it is not connected it does not hear (Redis: at most once).
///
/// Thread: that of its executor, whose context must live until the journal is closed. `bus` and
/// `sent` must outlive it.
class Receiver : public std::enable_shared_from_this<Receiver> {
  public:
    /// Connects with this as ConnectionOptions::on_message.
    using Open = std::function<asio::awaitable<redis::Opened>(std::function<void(redis::Reply)>)>;

    Receiver(asio::any_io_executor executor,
             Open open,
             bus::Bus& bus,
             const SentMessages& sent,
             Channels channels,
             std::shared_ptr<Counters> counters);

    void start();
    void stop();

  private:
    asio::awaitable<std::optional<redis::Refusal>> subscribe(redis::Connection& connection) const;
    void connected();
    void disconnected();
    static void say_lost(const redis::Refusal& why);
    void take(const redis::Reply& reply);
    void go_on();
    void judge_one(Channel channel, std::string_view payload);
    void publish(Channel channel, TakeIn message);
    void published(Channel channel, const Result<bus::Receipts>& receipts);
    void refuse(Channel channel, const Error& error);

    const asio::any_io_executor executor_;
    const Open open_;
    bus::Bus& bus_;
    const SentMessages& sent_;
    const Channels channels_;
    const std::shared_ptr<Counters> counters_;
    std::shared_ptr<redis::KeptConnection> connection_;
    WaitingMessages waiting_;
    std::size_t in_flight_ = 0;  // on their way to the journal
    LineBudget lines_;
    bool is_connected_ = false;
};

}  // namespace rotacast::bridge
