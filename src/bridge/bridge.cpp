#include "bridge/bridge.hpp"

#include <boost/asio/post.hpp>
#include <pthread.h>

#include <utility>

namespace rotacast::bridge {
namespace {

redis::Target named(redis::Target target, std::string name) {
    target.connection.name = std::move(name);
    return target;
}

/// The connector lives as long as what it opens with.
Receiver::Open open_listening(const redis::Target& target) {
    return [target =
                named(target, "rotacast-bridge-in")](std::function<void(redis::Reply)> on_message) {
        auto listening = target;
        listening.connection.on_message = std::move(on_message);
        const auto open = [](redis::Connector connector) -> asio::awaitable<redis::Opened> {
            co_return co_await connector.open();
        };
        return open(redis::Connector(std::move(listening)));
    };
}

}  // namespace

Bridge::Bridge(bus::Bus& bus, bus::Journal& journal, BridgeOptions options)
    : options_(std::move(options)), work_(context_.get_executor()) {
    const auto executor = context_.get_executor();
    if (options_.takes_in)
        receiver_ = std::make_shared<Receiver>(
            executor, open_listening(options_.target), bus, sent_, options_.channels, counters_);
    if (!options_.sends_out) return;
    const auto connector =
        std::make_shared<redis::Connector>(named(options_.target, "rotacast-bridge-out"));
    sender_ = std::make_shared<Sender>(
        executor,
        [connector] { return connector->open(); },
        journal,
        sent_,
        options_.keys,
        options_.channels,
        counters_);
}

Bridge::~Bridge() {
    try {
        close();
    } catch (...) {
        // Short of memory, at the end.
    }
}

void Bridge::start() {
    asio::post(context_, [this] {
        if (receiver_) receiver_->start();
        if (sender_) sender_->start();
    });
    thread_ = std::thread([this] { context_.run(); });
    pthread_setname_np(thread_.native_handle(), "bridge");
}

// One job waits at most: it finds all that has come until it runs.
void Bridge::wake() {
    if (!sender_ || is_woken_.exchange(true)) return;
    asio::post(context_, [this] {
        is_woken_ = false;
        sender_->go_on();
    });
}

void Bridge::close() {
    if (!thread_.joinable()) return;
    asio::post(context_, [this] {
        if (receiver_) receiver_->stop();
        if (sender_) sender_->stop();
        work_.reset();
        context_.stop();
    });
    thread_.join();
}

}  // namespace rotacast::bridge
