#include "cluster/order_connections.hpp"

#include "net/as_result.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <utility>

namespace rotacast::cluster {
namespace {

std::string identity_of(const redis::ServerIdentity& server) {
    return server.run_id + '/' + server.replication_id;
}

}  // namespace

OrderConnections::OrderConnections(asio::any_io_executor executor,
                                   std::function<asio::awaitable<redis::Opened>()> open,
                                   Events events)
    : executor_(std::move(executor)),
      open_(std::move(open)),
      events_(std::move(events)),
      timer_(executor_) {}

void OrderConnections::start() {
    asio::co_spawn(executor_, keep_up(shared_from_this()), asio::detached);
}

void OrderConnections::replace() {
    close_both();
}

void OrderConnections::stop() {
    stopped_ = true;
    events_ = {};
    close_both();
    timer_.cancel();
}

void OrderConnections::close_both() {
    if (calls_) calls_->close();
    if (reads_) reads_->close();
}

asio::awaitable<void> OrderConnections::keep_up(std::shared_ptr<OrderConnections> self) {
    while (!self->stopped_) {
        auto refused = co_await self->connect();
        if (self->stopped_) break;
        if (refused) {
            if (self->events_.unreachable) self->events_.unreachable(*refused);
        } else {
            if (self->events_.connected)
                self->events_.connected(identity_of(self->calls_->server()));
            self->timer_.expires_at(asio::steady_timer::time_point::max());
            while (!self->end_) co_await self->timer_.async_wait(net::as_result);
            if (self->events_.disconnected) self->events_.disconnected(*self->end_);
        }
        self->close_both();
        self->calls_.reset();
        self->reads_.reset();
        if (!self->stopped_) co_await self->pause();
    }
}

// A failover between the two opens leaves them at different servers.
asio::awaitable<std::optional<redis::Refusal>> OrderConnections::connect() {
    end_.reset();
    for (auto* connection : {&calls_, &reads_}) {
        auto opened = co_await open_();
        if (!opened) co_return opened.error();
        *connection = std::move(*opened);
        (*connection)->on_end([weak = weak_from_this()](const redis::Refusal& why) {
            if (auto self = weak.lock()) self->ended(why);
        });
    }
    if (identity_of(calls_->server()) != identity_of(reads_->server()))
        co_return redis::refusal(redis::RefusalKind::broken, "The primary changed meanwhile");
    if (!events_.prepare) co_return std::nullopt;
    co_return co_await events_.prepare(*calls_);
}

void OrderConnections::ended(const redis::Refusal& why) {
    if (!end_) end_ = why;
    timer_.cancel();
}

asio::awaitable<void> OrderConnections::pause() {
    timer_.expires_after(backoff_.next(std::uniform_real_distribution<>(0, 1)(random_)));
    co_await timer_.async_wait(net::as_result);
}

}  // namespace rotacast::cluster
