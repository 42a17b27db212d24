#include "cluster/order_connections.hpp"

#include <utility>

namespace rotacast::cluster {

OrderConnections::OrderConnections(asio::any_io_executor executor,
                                   redis::KeptConnection::Open open,
                                   Events events)
    : open_(std::move(open)), events_(std::move(events)) {
    Events kept = events_;
    kept.prepare = [this](redis::Connection& calls) { return prepare(shared_from_this(), calls); };
    kept.disconnected = [this](const redis::Refusal& why) {
        close_reads();
        if (events_.disconnected) events_.disconnected(why);
    };
    kept.unreachable = [this](const redis::Refusal& why) {
        close_reads();
        if (events_.unreachable) events_.unreachable(why);
    };
    kept_ = std::make_shared<redis::KeptConnection>(std::move(executor), open_, std::move(kept));
}

void OrderConnections::start() {
    kept_->start();
}

void OrderConnections::replace() {
    close_reads();
    kept_->replace(redis::refusal(redis::RefusalKind::closed));
}

void OrderConnections::stop() {
    close_reads();
    kept_->stop();
}

void OrderConnections::close_reads() {
    if (const auto reads = std::exchange(reads_, nullptr)) reads->close();
}

asio::awaitable<std::optional<redis::Refusal>> OrderConnections::prepare(
    std::shared_ptr<OrderConnections> self, redis::Connection& calls) {
    auto reads = co_await self->open_();
    if (!reads) co_return reads.error();
    // Meanwhile it may have ended, or been stopped.
    if (!calls.is_open()) {
        (*reads)->close();
        co_return calls.end_reason();
    }
    self->reads_ = std::move(*reads);
    self->reads_->on_end(
        [weak = self->weak_from_this(), of = self->reads_.get()](const redis::Refusal& why) {
            const auto alive = weak.lock();
            if (alive && alive->reads_.get() == of) alive->kept_->replace(why);
        });
    // A failover between the two opens leaves them at different servers.
    if (to_string(calls.server()) != to_string(self->reads_->server()))
        co_return redis::refusal(redis::RefusalKind::broken, "The primary changed meanwhile");
    if (!self->events_.prepare) co_return std::nullopt;
    co_return co_await self->events_.prepare(calls);
}

}  // namespace rotacast::cluster
