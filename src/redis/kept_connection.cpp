#include "redis/kept_connection.hpp"

#include "net/as_result.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <utility>

namespace rotacast::redis {

KeptConnection::KeptConnection(asio::any_io_executor executor,
                               std::function<asio::awaitable<Opened>()> open,
                               Events events)
    : executor_(std::move(executor)),
      open_(std::move(open)),
      events_(std::move(events)),
      timer_(executor_) {}

void KeptConnection::start() {
    asio::co_spawn(executor_, keep_up(shared_from_this()), asio::detached);
}

void KeptConnection::replace(const Refusal& why) {
    if (!connection_) return;
    if (!end_) end_ = why;
    connection_->close();
}

void KeptConnection::proven() {
    reconnecting_.reset();
    hoping_.reset();
}

void KeptConnection::stop() {
    stopped_ = true;
    events_ = {};
    if (connection_) connection_->close();
    timer_.cancel();
}

asio::awaitable<void> KeptConnection::keep_up(std::shared_ptr<KeptConnection> self) {
    while (!self->stopped_) {
        const auto why = co_await self->run_once();
        self->ready_.reset();
        if (self->connection_) self->connection_->close();
        self->connection_.reset();
        if (self->stopped_) break;
        if (self->events_.lost) self->events_.lost(why);
        co_await self->pause(why);
    }
}

/// Returns when the connection has ended, or could not be opened.
asio::awaitable<Refusal> KeptConnection::run_once() {
    end_.reset();
    auto opened = co_await open_();
    if (!opened) co_return opened.error();
    connection_ = std::move(*opened);
    connection_->on_end([weak = weak_from_this()](const Refusal& why) {
        const auto self = weak.lock();
        if (!self) return;
        if (!self->end_) self->end_ = why;
        self->timer_.cancel();
    });
    if (stopped_) co_return refusal(RefusalKind::closed);
    if (events_.prepare)
        if (auto refused = co_await events_.prepare(*connection_)) co_return *refused;
    if (stopped_ || end_) co_return end_.value_or(refusal(RefusalKind::closed));
    ready_ = connection_;
    if (events_.connected) events_.connected();
    timer_.expires_at(asio::steady_timer::time_point::max());
    while (!end_ && !stopped_) co_await timer_.async_wait(net::as_result);
    co_return end_.value_or(refusal(RefusalKind::closed));
}

asio::awaitable<void> KeptConnection::pause(const Refusal& why) {
    auto& backoff = remedy_for(why.kind) == Remedy::give_up ? hoping_ : reconnecting_;
    timer_.expires_after(backoff.next(std::uniform_real_distribution<>(0, 1)(random_)));
    co_await timer_.async_wait(net::as_result);
}

}  // namespace rotacast::redis
