#include "bridge/sender.hpp"

#include "base/log.hpp"

#include <utility>
#include <vector>

namespace rotacast::bridge {
namespace {

/// Entries in one call: their messages are published in one run of the script, during which Redis
/// does nothing else.
constexpr std::size_t entries_max = 256;

/// Before another attempt when the order, or somebody's permission, is waited for.
constexpr std::chrono::milliseconds pause_time{500};

}  // namespace

Sender::Sender(asio::any_io_executor executor,
               redis::KeptConnection::Open open,
               bus::Journal& journal,
               SentMessages& sent,
               cluster::KeyNames keys,
               Channels channels,
               std::shared_ptr<Counters> counters)
    : executor_(std::move(executor)),
      open_(std::move(open)),
      journal_(journal),
      sent_(sent),
      keys_(std::move(keys)),
      channels_(std::move(channels)),
      counters_(std::move(counters)),
      timer_(executor_),
      outgoing_(end_of(journal)) {}

SentPosition Sender::end_of(const bus::Journal& journal) {
    const auto state = journal.state();
    return {state.epoch, state.last};
}

void Sender::start() {
    redis::KeptConnection::Events events;
    events.prepare = [this](redis::Connection& connection) {
        return redis::load_scripts(connection, std::vector{send_script}, digests_);
    };
    events.connected = [this] { connected(); };
    events.disconnected = [this](const redis::Refusal& why) {
        disconnected();
        connection_->note(why.message);
        say_lost(why);
    };
    events.unreachable = [this](const redis::Refusal& why) {
        if (connection_->note(why.message)) say_lost(why);
    };
    connection_ = std::make_shared<redis::KeptConnection>(
        executor_, open_, std::move(events), redis::Waits{.until_mended = redis::hoping});
    connection_->start();
}

void Sender::stop() {
    if (connection_) connection_->stop();
    timer_.cancel();
    if (std::exchange(is_connected_, false)) --counters_->connections;
}

void Sender::connected() {
    is_connected_ = true;
    ++counters_->connections;
    log::info("the bridge sends to the original's channels");
    go_on();
}

void Sender::disconnected() {
    is_calling_ = false;
    ++calls_;
    is_connected_ = false;
    --counters_->connections;
    counters_->add(Count::disconnects);
}

void Sender::say_lost(const redis::Refusal& why) {
    log::warn("the bridge cannot send to the original's channels and waits: {}", why.message);
}

void Sender::go_on() {
    if (!is_connected_ || is_calling_) return;
    const auto next = outgoing_.next(
        journal_.state(), [this](const std::string& epoch) { return journal_.shared_with(epoch); });
    if (next == Outgoing::Next::pause) return pause();
    if (next == Outgoing::Next::ask) return send(outgoing_.call());
    if (next == Outgoing::Next::send) send();
}

void Sender::send() {
    const auto batch = journal_.read(outgoing_.position(), entries_max);
    if (!batch) {
        if (lines_.spend())
            log::warn("the bridge cannot read the journal: {}", message_of(batch.error()));
        return hold();
    }
    auto prepared = prepare(**batch, channels_, now());
    const auto late = prepared.late;
    const auto call = outgoing_.call(std::move(prepared));
    // The journal has begun another epoch since next().
    if (!call.up_to || (*batch)->epoch != call.epoch) return hold();
    counters_->add(Count::out_late, late);
    for (const auto& message : call.messages) sent_.add(message.id);
    send(call);
}

void Sender::send(const SendCall& call) {
    is_calling_ = true;
    connection_->get()->send(
        send_command(digests_[send_script], call, keys_, channels_),
        [weak = weak_from_this(), number = ++calls_](const Result<redis::Reply>& reply) {
            if (const auto self = weak.lock()) self->take_reply(number, reply);
        });
}

void Sender::take_reply(std::uint64_t call, const Result<redis::Reply>& reply) {
    // Without a reply the connection has ended, and another begins.
    if (call != calls_ || !reply) return;
    is_calling_ = false;
    if (const auto* error = reply->error()) return connection_->replace(redis::refusal_of(*error));
    const auto answer = decode_send_answer(*reply);
    if (!answer)
        return connection_->replace(
            redis::refusal(redis::RefusalKind::other_error, message_of(answer.error())));
    connection_->proven();
    if (const auto* stands = std::get_if<Stands>(&*answer)) take(*stands);
    outgoing_.take(*answer);
    go_on();
}

void Sender::take(const Stands& stands) {
    counters_->add(Count::out_sent, stands.sent);
    if (stands.refusal.empty()) return;
    counters_->add(Count::out_refused);
    if (lines_.spend())
        log::warn("the bridge cannot send to one of the original's channels and tries again: {}",
                  redis::refusal_of({stands.refusal}).message);
}

void Sender::hold() {
    outgoing_.hold();
    pause();
}

void Sender::pause() {
    if (std::exchange(is_pausing_, true)) return;
    timer_.expires_after(pause_time);
    timer_.async_wait([weak = weak_from_this()](const redis::error_code& cancelled) {
        const auto self = weak.lock();
        if (!self || cancelled) return;
        self->is_pausing_ = false;
        self->outgoing_.go_on();
        self->go_on();
    });
}

}  // namespace rotacast::bridge
