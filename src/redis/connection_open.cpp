// How a connection begins: it connects, introduces us, and looks whom it has reached.

#include "net/offload.hpp"
#include "redis/connection.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include <utility>

namespace rotacast::redis {

asio::awaitable<Opened> Connection::open(ConnectionOptions options) {
    const auto executor = co_await asio::this_coro::executor;
    const auto connection = std::make_shared<Connection>(Private{}, executor, std::move(options));
    // Named: g++ 12 destroys a temporary closure twice in a co_await (its bug 99576).
    auto begin = [connection](auto resume) { connection->start(std::move(resume)); };
    co_return co_await net::resumed_by<Opened>(std::move(begin));
}

/// The time-out does not wait for prepare(), which the system's resolver may hold up.
void Connection::start(std::function<void(Opened)> opened) {
    opened_ = std::move(opened);
    timer_.expires_after(options_.connect_timeout);
    timer_.async_wait([self = shared_from_this()](error_code cancelled) {
        if (cancelled || !self->opened_) return;
        self->end(self->at_server(RefusalKind::silent, self->how_it_was_late()));
    });
    asio::co_spawn(executor_, prepare(shared_from_this()), asio::detached);
}

std::string Connection::how_it_was_late() const {
    auto out = "was not ready within " + std::to_string(options_.connect_timeout.count()) + " ms";
    // Redis takes the begin of TLS for the begin of a command, and waits for the rest.
    if (options_.tls && !link_.is_ready())
        out += "; if it has no TLS, write redis:// instead of rediss://";
    return out;
}

void Connection::settle(Opened opened) {
    if (const auto resume = std::exchange(opened_, {})) resume(std::move(opened));
}

asio::awaitable<void> Connection::prepare(ConnectionPtr self) {
    // When the executor is destroyed: the coroutine in open() holds the connection.
    const Finally forget{[this] { opened_ = {}; }};
    auto why = co_await link_.connect(options_.address);
    if (end_) co_return;
    if (!why) {
        asio::co_spawn(executor_, read_replies(self), asio::detached);
        why = co_await introduce();
    }
    if (end_) co_return;
    if (why) co_return end(std::move(*why));
    asio::co_spawn(executor_, watch(self), asio::detached);
    settle(std::move(self));
}

asio::awaitable<std::optional<Refusal>> Connection::introduce() {
    const auto& [user, password] = options_.credentials;
    if (!options_.credentials.empty()) {
        auto auth = user.empty() ? Command("AUTH", password) : Command("AUTH", user, password);
        const auto reply = co_await command(std::move(auth));
        if (auto why = refused(reply)) co_return why;
    }
    if (auto why = co_await learn_server()) co_return why;
    if (options_.database != 0) {
        Command select("SELECT", options_.database);
        const auto reply = co_await command(std::move(select));
        if (auto why = refused(reply)) co_return why;
    }
    Command set_name("CLIENT", "SETNAME", options_.name);
    const auto named = co_await command(std::move(set_name));
    if (!named) co_return end_;
    co_return std::nullopt;
}

asio::awaitable<std::optional<Refusal>> Connection::learn_server() {
    Command info("INFO");
    const auto reply = co_await command(std::move(info));
    if (auto why = refused(reply)) co_return why;
    const auto* text = reply->text();
    const auto server = text ? identity_of(*text) : std::nullopt;
    if (!server) co_return at_server(RefusalKind::not_redis, "answers INFO as no Redis does");
    server_ = *server;
    auto why = refusal_of(server_, options_.expected);
    if (why) why->message = "Redis at " + to_string(options_.address) + ": " + why->message;
    co_return why;
}

/// Why the server does not do it, if that is the answer.
std::optional<Refusal> Connection::refused(const Result<Reply>& reply) const {
    if (!reply) return end_.value_or(refusal(RefusalKind::too_many_waiting));
    const auto* error = reply->error();
    if (!error) return std::nullopt;
    auto why = refusal_of(*error);
    why.message = "Redis at " + to_string(options_.address) + ": " + why.message;
    return why;
}

}  // namespace rotacast::redis
