#include "redis/kept_connection.hpp"

#include "net/as_result.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <utility>

namespace rotacast::redis {

KeptConnection::KeptConnection(asio::any_io_executor executor,
                               Open open,
                               Events events,
                               Waits waits)
    : executor_(std::move(executor)),
      open_(std::move(open)),
      events_(std::move(events)),
      usual_(waits.usual),
      until_mended_(waits.until_mended),
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
    usual_.reset();
    until_mended_.reset();
    noted_.clear();
}

bool KeptConnection::note(const std::string& reason) {
    return std::exchange(noted_, reason) != reason;
}

void KeptConnection::stop() {
    stopped_ = true;
    events_ = {};
    if (!end_) end_ = refusal(RefusalKind::closed);
    if (connection_) connection_->close();
    timer_.cancel();
}

asio::awaitable<void> KeptConnection::keep_up(std::shared_ptr<KeptConnection> self) {
    while (!self->stopped_) {
        auto why = co_await self->connect();
        const bool was_ready = !why;
        if (was_ready) why = co_await self->stand();
        self->close();
        // A copy: what is told may call stop(), which destroys the original.
        const auto tell = was_ready ? self->events_.disconnected : self->events_.unreachable;
        if (tell) tell(*why);
        if (!self->stopped_) co_await self->pause(*why);
    }
}

/// Why there is none that is ready; nullopt: it is.
asio::awaitable<std::optional<Refusal>> KeptConnection::connect() {
    end_.reset();
    auto opened = co_await open_();
    if (!opened) co_return opened.error();
    connection_ = std::move(*opened);
    // One that was closed tells so later: then it must not cut the pause short.
    connection_->on_end([weak = weak_from_this(), of = connection_.get()](const Refusal& why) {
        const auto self = weak.lock();
        if (!self || self->connection_.get() != of) return;
        if (!self->end_) self->end_ = why;
        self->timer_.cancel();
    });
    if (!end_ && events_.prepare)
        if (auto refused = co_await events_.prepare(*connection_)) co_return refused;
    co_return end_;
}

/// Returns when it has ended.
asio::awaitable<Refusal> KeptConnection::stand() {
    ready_ = connection_;
    timer_.expires_at(asio::steady_timer::time_point::max());
    if (const auto connected = events_.connected) connected();
    while (!end_) co_await timer_.async_wait(net::as_result);
    co_return *end_;
}

void KeptConnection::close() {
    ready_.reset();
    if (const auto connection = std::exchange(connection_, nullptr)) connection->close();
}

asio::awaitable<void> KeptConnection::pause(const Refusal& why) {
    auto& backoff = remedy_for(why.kind) == Remedy::give_up ? until_mended_ : usual_;
    timer_.expires_after(backoff.next(std::uniform_real_distribution<>(0, 1)(random_)));
    co_await timer_.async_wait(net::as_result);
}

}  // namespace rotacast::redis
