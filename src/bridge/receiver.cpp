#include "bridge/receiver.hpp"

#include "base/log.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace rotacast::bridge {
namespace {

Count count_of(ErrorCode code) {
    switch (code) {
        case ErrorCode::bad_json: return Count::in_bad_json;
        case ErrorCode::missing_field: return Count::in_missing_field;
        case ErrorCode::too_large: return Count::in_too_large;
        default: return Count::in_invalid_field;
    }
}

/// Messages that the journal has at a time: enough for its batches, and a small part of its queue,
/// so that other publishers find room there.
constexpr std::size_t in_flight_max = 1'000;

}  // namespace

Receiver::Receiver(asio::any_io_executor executor,
                   Open open,
                   bus::Bus& bus,
                   const SentMessages& sent,
                   Channels channels,
                   std::shared_ptr<Counters> counters)
    : executor_(std::move(executor)),
      open_(std::move(open)),
      bus_(bus),
      sent_(sent),
      channels_(std::move(channels)),
      counters_(std::move(counters)) {}

void Receiver::start() {
    const std::weak_ptr<Receiver> weak = weak_from_this();
    redis::KeptConnection::Events events;
    events.prepare = [this](redis::Connection& connection) { return subscribe(connection); };
    events.connected = [this] { connected(); };
    events.disconnected = [this](const redis::Refusal& why) {
        disconnected();
        connection_->note(why.message);
        say_lost(why);
    };
    events.unreachable = [this](const redis::Refusal& why) {
        if (connection_->note(why.message)) say_lost(why);
    };
    const auto on_message = [weak](const redis::Reply& reply) {
        if (const auto self = weak.lock()) self->take(reply);
    };
    connection_ = std::make_shared<redis::KeptConnection>(
        executor_,
        [open = open_, on_message] { return open(on_message); },
        std::move(events),
        redis::Waits{.until_mended = redis::hoping});
    connection_->start();
}

void Receiver::stop() {
    if (connection_) connection_->stop();
    if (std::exchange(is_connected_, false)) --counters_->connections;
}

/// One command for each channel, because Redis answers SUBSCRIBE once for each.
asio::awaitable<std::optional<redis::Refusal>> Receiver::subscribe(
    redis::Connection& connection) const {
    for (const auto channel : channels_.list()) {
        redis::Command command("SUBSCRIBE", channels_.in_redis(channel));
        const auto reply = co_await connection.command(std::move(command));
        if (!reply)
            co_return connection.end_reason().value_or(
                redis::refusal(redis::RefusalKind::too_many_waiting));
        if (const auto* error = reply->error()) co_return redis::refusal_of(*error);
    }
    co_return std::nullopt;
}

void Receiver::connected() {
    is_connected_ = true;
    ++counters_->connections;
    connection_->proven();
    log::info("the bridge listens on the original's channels");
}

void Receiver::disconnected() {
    is_connected_ = false;
    --counters_->connections;
    counters_->add(Count::disconnects);
}

void Receiver::say_lost(const redis::Refusal& why) {
    log::warn(
        "the bridge does not hear the original's channels, and what is published there meanwhile "
        "is lost; if it began with a large message, see Redis' `client-output-buffer-limit "
        "pubsub`: {}",
        why.message);
}

void Receiver::take(const redis::Reply& reply) {
    const auto* message = reply.array();
    if (!message || message->size() != 3) return;
    const auto* name = (*message)[1].text();
    const auto* payload = (*message)[2].text();
    if (!name || !payload) return;
    const auto channel = channels_.find(*name);
    if (!channel) return;
    if (payload->size() > payload_bytes_max) return judge_one(*channel, *payload);
    if (!waiting_.add(*channel, *payload)) {
        counters_->add(Count::in_lost);
        if (lines_.spend())
            log::warn(
                "the bridge lost a message of {}: more is published there than the journal "
                "can store",
                name_of(*channel));
    }
    go_on();
}

void Receiver::go_on() {
    while (in_flight_ < in_flight_max) {
        const auto message = waiting_.take();
        if (!message) return;
        judge_one(message->channel, message->payload);
    }
}

void Receiver::judge_one(Channel channel, std::string_view payload) {
    auto verdict = judge(channel, payload, sent_);
    if (auto* message = std::get_if<TakeIn>(&verdict)) return publish(channel, std::move(*message));
    if (const auto* unusable = std::get_if<Unusable>(&verdict))
        return refuse(channel, unusable->error);
    counters_->add(Count::in_own);
}

void Receiver::publish(Channel channel, TakeIn message) {
    if (!message.remarks.empty()) {
        counters_->add(Count::in_unusual);
        if (lines_.spend())
            log::warn("a message of {} is unusual: {}", name_of(channel), message.remarks.front());
    }
    ++in_flight_;
    bus_.publish(
        std::move(message.request),
        [executor = executor_, weak = weak_from_this(), channel](Result<bus::Receipts> receipts) {
            asio::post(executor, [weak, channel, receipts = std::move(receipts)] {
                if (const auto self = weak.lock()) self->published(channel, receipts);
            });
        });
}

void Receiver::published(Channel channel, const Result<bus::Receipts>& receipts) {
    --in_flight_;
    // A conflict is the same message, which another node has completed with another time.
    if (receipts && !receipts->front().duplicate) {
        counters_->add(Count::in_stored);
    } else if (receipts || receipts.error().code == ErrorCode::idempotency_conflict) {
        counters_->add(Count::in_repeated);
    } else {
        counters_->add(Count::in_lost);
        if (lines_.spend())
            log::warn("the bridge lost a message of {}: {}",
                      name_of(channel),
                      message_of(receipts.error()));
    }
    go_on();
}

void Receiver::refuse(Channel channel, const Error& error) {
    counters_->add(count_of(error.code));
    if (!lines_.spend()) return;
    log::warn("a message of {} is not shown: {}{}{} (error {}, {})",
              name_of(channel),
              error.path,
              error.path.empty() ? "" : ": ",
              message_of(error),
              static_cast<int>(error.code),
              info(error.code).name);
}

}  // namespace rotacast::bridge
