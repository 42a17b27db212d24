#pragma once

// Sends the journal's entries to the original's channels.

#include "base/line_budget.hpp"
#include "bridge/counters.hpp"
#include "bridge/outgoing.hpp"
#include "bridge/send_encoding.hpp"
#include "bridge/sent_messages.hpp"
#include "redis/kept_connection.hpp"
#include "redis/script_loading.hpp"

#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace rotacast::bridge {

namespace asio = boost::asio;

/// Thread: that of its executor; it blocks while it reads the journal. `journal` and `sent` must
/// outlive it.
class Sender : public std::enable_shared_from_this<Sender> {
  public:
    Sender(asio::any_io_executor executor,
           redis::KeptConnection::Open open,
           bus::Journal& journal,
           SentMessages& sent,
           cluster::KeyNames keys,
           Channels channels,
           std::shared_ptr<Counters> counters);

    void start();
    void stop();
    /// The journal has more, or another epoch.
    void go_on();

  private:
    void connected();
    void disconnected();
    static void say_lost(const redis::Refusal& why);
    void send();
    void send(const SendCall& call);
    void take_reply(std::uint64_t call, const Result<redis::Reply>& reply);
    void take(const Stands& stands);
    void hold();
    void pause();
    static SentPosition end_of(const bus::Journal& journal);

    const asio::any_io_executor executor_;
    const redis::KeptConnection::Open open_;
    bus::Journal& journal_;
    SentMessages& sent_;
    const cluster::KeyNames keys_;
    const Channels channels_;
    const std::shared_ptr<Counters> counters_;
    std::shared_ptr<redis::KeptConnection> connection_;
    asio::steady_timer timer_;
    Outgoing outgoing_;
    redis::ScriptDigests digests_;
    LineBudget lines_;
    bool is_connected_ = false;
    bool is_calling_ = false;
    std::uint64_t calls_ = 0;  // those before the last are answered, or lost with their connection
    bool is_pausing_ = false;
};

}  // namespace rotacast::bridge
