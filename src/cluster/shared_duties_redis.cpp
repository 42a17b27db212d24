// The part of SharedDuties that talks to Redis.

#include "base/log.hpp"
#include "cluster/script_sources.hpp"
#include "cluster/shared_duties.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <utility>
#include <vector>

namespace rotacast::cluster {
namespace {

constexpr int rows_per_scan = 256;

}  // namespace

redis::KeptConnection::Events SharedDuties::connection_events() {
    redis::KeptConnection::Events events;
    events.prepare = [this](redis::Connection& connection) {
        return redis::load_scripts(
            connection, std::vector{hold_duties_script, write_copy_script}, digests_);
    };
    events.connected = [this] {
        identity_ = to_string(connection_->get()->server());
        division_.connected(identity_);
        run();
    };
    events.disconnected = [this](const redis::Refusal&) {
        division_.disconnected();
        run();
    };
    // That Redis cannot be reached, the order says already.
    events.unreachable = [this](const redis::Refusal& why) {
        if (connection_->note(why.message))
            log::debug("Subscribers are not divided. {}", why.message);
    };
    return events;
}

void SharedDuties::call(std::string_view script,
                        const std::function<void(redis::Command&)>& add_words,
                        std::function<Result<void>(const redis::Reply&)> take) {
    const auto& connection = connection_->get();
    if (!connection) return;
    redis::Command command("EVALSHA", digests_[script]);
    add_words(command);
    connection->send(command, [this, take = std::move(take)](const Result<redis::Reply>& reply) {
        if (!reply) return;  // the connection has ended
        const auto* refusal = reply->error();
        const auto taken = refusal ? redis::to_error(redis::refusal_of(*refusal)) : take(*reply);
        if (!taken) return failed(taken.error());
        connection_->proven();
        run();
    });
}

void SharedDuties::failed(const Error& error) {
    if (connection_->note(error.message))
        log::error("Redis does not divide the subscribers. {}", error.message);
    connection_->replace(redis::refusal(redis::RefusalKind::closed));
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
    if (connection_->get()) asio::co_spawn(context_, read_copy(action), asio::detached);
}

asio::awaitable<void> SharedDuties::read_copy(ReadCopy action) {
    const auto connection = connection_->get();
    if (!connection) co_return;
    auto copy = co_await read_from(connection, action.subscriber);
    if (!connection->is_open()) co_return;
    if (!copy) co_return failed(copy.error());
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
