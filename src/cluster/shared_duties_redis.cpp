// The part of SharedDuties that talks to Redis.

#include "base/log.hpp"
#include "cluster/script_sources.hpp"
#include "cluster/shared_duties.hpp"
#include "net/as_result.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <utility>
#include <vector>

namespace rotacast::cluster {
namespace {

constexpr int rows_per_scan = 256;

}  // namespace

asio::awaitable<void> SharedDuties::keep_connected() {
    for (;;) {
        if (const auto why = co_await connect()) {
            refused(*why);
        } else {
            const auto& server = connection_->server();
            identity_ = server.run_id + '/' + server.replication_id;
            division_.connected(identity_);
            run();
            ends_.expires_at(asio::steady_timer::time_point::max());
            while (connection_->is_open()) co_await ends_.async_wait(net::as_result);
            division_.disconnected();
        }
        connection_.reset();
        run();
        co_await pause();
    }
}

asio::awaitable<std::optional<redis::Refusal>> SharedDuties::connect() {
    auto opened = co_await options_.open();
    if (!opened) co_return opened.error();
    connection_ = std::move(*opened);
    std::vector<std::string_view> scripts{hold_duties_script, write_copy_script};
    if (auto refused = co_await load_scripts(*connection_, std::move(scripts), digests_))
        co_return refused;
    connection_->on_end([this](const redis::Refusal&) { ends_.cancel(); });
    co_return std::nullopt;
}

asio::awaitable<void> SharedDuties::pause() {
    ends_.expires_after(backoff_.next(std::uniform_real_distribution<>(0, 1)(random_)));
    co_await ends_.async_wait(net::as_result);
}

// That Redis cannot be reached, the order says already.
void SharedDuties::refused(const redis::Refusal& why) {
    if (std::exchange(told_, why.message) != why.message)
        log::debug("Subscribers are not divided. {}", why.message);
}

void SharedDuties::call(std::string_view script,
                        const std::function<void(redis::Command&)>& add_words,
                        std::function<Result<void>(const redis::Reply&)> take) {
    if (!connection_ || !connection_->is_open()) return;
    redis::Command command("EVALSHA", digests_[script]);
    add_words(command);
    connection_->send(
        command,
        [this, from = connection_, take = std::move(take)](const Result<redis::Reply>& reply) {
            if (!reply || from != connection_) return;  // the connection has ended
            const auto* refusal = reply->error();
            const auto taken =
                refusal ? redis::to_error(redis::refusal_of(*refusal)) : take(*reply);
            if (taken) {
                backoff_.reset();
                told_.clear();
                return run();
            }
            if (std::exchange(told_, taken.error().message) != taken.error().message)
                log::error("Redis does not divide the subscribers. {}", taken.error().message);
            connection_->close();
        });
}

void SharedDuties::carry_out(const HoldDuties& action) {
    call(
        hold_duties_script,
        [&](redis::Command& command) {
            add_arguments(command,
                          action,
                          {options_.node, identity_, options_.division.lease},
                          options_.keys);
        },
        [this](const redis::Reply& reply) -> Result<void> {
            const auto answers = decode_duties(reply);
            if (!answers) return answers.error();
            division_.answered(*answers);
            return {};
        });
}

void SharedDuties::carry_out(const WriteCopy& action) {
    call(
        write_copy_script,
        [&](redis::Command& command) {
            add_arguments(command, action, options_.node, options_.keys);
        },
        [this, subscriber = action.subscriber, fence = action.fence](
            const redis::Reply& reply) -> Result<void> {
            const auto* kept = reply.integer();
            if (!kept) return Error{ErrorCode::internal, "Redis does not answer as expected.", ""};
            division_.written(subscriber, fence, *kept == 1);
            return {};
        });
}

void SharedDuties::carry_out(const ReadCopy& action) {
    if (connection_) asio::co_spawn(context_, read_copy(action), asio::detached);
}

asio::awaitable<void> SharedDuties::read_copy(ReadCopy action) {
    const auto connection = connection_;
    auto copy = co_await read_from(connection, action.subscriber);
    if (connection != connection_ || !connection->is_open()) co_return;
    if (!copy) {
        log::error("Redis does not divide the subscribers. {}", copy.error().message);
        connection->close();
        co_return;
    }
    division_.copy_read(action.subscriber, action.fence, std::move(*copy));
    run();
}

/// Nobody writes there now: this node has the duty.
asio::awaitable<Result<SharedCopy>> SharedDuties::read_from(redis::ConnectionPtr connection,
                                                            std::string subscriber) {
    const auto failed = [](const Result<redis::Reply>& reply) -> std::optional<Error> {
        if (!reply) return reply.error();
        if (const auto* refusal = reply->error())
            return redis::to_error(redis::refusal_of(*refusal));
        return std::nullopt;
    };
    auto copy = std::make_shared<store::SubscriberCopy>();
    const auto record = co_await connection->command(
        redis::Command("HGET", options_.keys.duty + subscriber, "record"));
    if (auto why = failed(record)) co_return *why;
    if (!record->text()) co_return SharedCopy();
    copy->record = *record->text();
    std::string cursor = "0";
    do {
        const auto rows = co_await connection->command(redis::Command(
            "HSCAN", options_.keys.rows + subscriber, cursor, "COUNT", rows_per_scan));
        if (auto why = failed(rows)) co_return *why;
        auto next = decode_rows(*rows, *copy);
        if (!next) co_return next.error();
        cursor = std::move(*next);
    } while (cursor != "0");
    co_return SharedCopy(std::move(copy));
}

}  // namespace rotacast::cluster
