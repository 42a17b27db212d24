#include "cluster/order_io.hpp"

#include "base/log.hpp"
#include "net/as_result.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

namespace rotacast::cluster {
namespace {

constexpr std::chrono::milliseconds tick_interval{20};

FormerEpochs newest_first(std::vector<store::FormerEpoch> former) {
    FormerEpochs out;
    out.reserve(former.size());
    for (auto& one : former | std::views::reverse)
        out.push_back({std::move(one.epoch), one.shared});
    return out;
}

/// Beside the indexes of ScriptCall.
constexpr auto stream_read = std::variant_size_v<ScriptCall>;

Error call_error(const redis::ErrorReply& error) {
    return redis::to_error(redis::refusal_of(error));
}

}  // namespace

OrderIo::OrderIo(asio::any_io_executor executor,
                 store::ReplicaJournal& replica,
                 store::SqliteOutbox& outbox,
                 OrderIoOptions options)
    : executor_(std::move(executor)),
      replica_(replica),
      outbox_(outbox),
      options_(std::move(options)),
      ordering_(options_.ordering, state_of(replica), outbox.state().rows),
      timer_(executor_) {
    show_status();
}

// Once after each start suffices: from then on the replica knows what it has shown.
void OrderIo::note_if_complete() {
    const auto status = this->status();
    if (is_complete_ || status->stage != Stage::online || status->stored < status->stream_last)
        return;
    is_complete_ = true;
    replica_.note_complete();
}

std::shared_ptr<const OrderIo::Status> OrderIo::status() const {
    const std::scoped_lock lock(status_mutex_);
    return status_;
}

void OrderIo::show_status() {
    // What Redis said last says more than what it means for the order.
    auto reason = told_refusal_.empty() ? std::string(ordering_.reason()) + '.' : told_refusal_;
    auto status = std::make_shared<Status>(Status{ordering_.status(), std::move(reason)});
    if (!takes_part()) status->stage = std::min(status->stage, Stage::adopting);
    const std::scoped_lock lock(status_mutex_);
    status_ = std::move(status);
}

ReplicaState OrderIo::state_of(const store::ReplicaJournal& replica) {
    const auto state = replica.state();
    ReplicaState out{
        state.epoch, newest_first(replica.former()), state.first, state.last, state.last};
    // If it is unknown what was shown, nobody can know of anything newer.
    if (const auto seen = replica.seen(); seen && seen->epoch == state.epoch)
        out.shown = std::max(out.shown, seen->position.offset);
    return out;
}

void OrderIo::start(bus::Journal::Tail show_early) {
    show_early_ = std::move(show_early);
    replica_.when_recovered([weak = weak_from_this()](bus::Offset) {
        if (const auto self = weak.lock())
            self->later([](OrderIo& io) {
                io.ordering_.replica_recovered(state_of(io.replica_), io.rows_kept_.exchange(0));
            });
    });
    OrderConnections::Events events;
    events.prepare = [this](redis::Connection& connection) { return load_scripts(connection); };
    events.connected = [this] {
        ordering_.connected(to_string(connections_->calls()->server()));
        run();
    };
    events.disconnected = [this](const redis::Refusal& why) {
        // Why we close it ourselves is said then.
        if (why.kind != redis::RefusalKind::closed)
            log::warn("The connection to Redis ended. {}", why.message);
        ordering_.disconnected();
        run();
    };
    events.unreachable = [this](const redis::Refusal& why) {
        if (std::exchange(told_refusal_, why.message) != why.message)
            log::error("Redis cannot be used. {}", why.message);
    };
    connections_ = std::make_shared<OrderConnections>(executor_, options_.open, std::move(events));
    connections_->start();
    tick();
}

void OrderIo::tick() {
    const auto elapsed = std::chrono::steady_clock::now() - began_;
    ordering_.replica_trimmed(replica_.state().first);
    ordering_.tick(std::chrono::duration_cast<Milliseconds>(elapsed));
    run();
    show_status();
    note_if_complete();
    timer_.expires_after(tick_interval);
    timer_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
        const auto self = weak.lock();
        if (!error && self && !self->stopped_) self->tick();
    });
}

void OrderIo::submit(bus::AppendRequest request, OrderRequestPtr encoded, bus::Journal::Done done) {
    const auto ticket = ++last_ticket_;
    submitted_.emplace(ticket, Submitted{std::move(request), std::move(done), encoded->bytes()});
    ordering_.submit(ticket, std::move(encoded));
    run();
}

void OrderIo::leave(std::function<void()> left) {
    leaving_ = true;
    ordering_.leave();
    run();
    auto* calls = connections_->calls();
    if (!calls) return disconnect(left);
    // Answered after the good-bye, or when the connection ends.
    calls->send(redis::Command("PING"),
                [weak = weak_from_this(), left = std::move(left)](const Result<redis::Reply>&) {
                    if (const auto self = weak.lock()) self->disconnect(left);
                });
}

void OrderIo::disconnect(const std::function<void()>& then) {
    connections_->stop();
    ordering_.disconnected();
    run();
    then();
}

void OrderIo::stop() {
    stopped_ = true;
    timer_.cancel();
    connections_->stop();
    for (auto& [ticket, submitted] : std::exchange(submitted_, {}))
        submitted.done(Error{ErrorCode::unavailable, "The journal is closed.", ""});
}

// An action may be answered at once, within its carrying out; that answer's actions come after the
// present ones.
void OrderIo::run() {
    if (std::exchange(carrying_out_, true)) return;
    for (auto actions = ordering_.take_actions(); !actions.empty();
         actions = ordering_.take_actions())
        for (auto& action : actions)
            std::visit([this](auto& one) { carry_out(std::move(one)); }, action);
    carrying_out_ = false;
    say_stage();
}

void OrderIo::say_stage() {
    const bool is = takes_part();
    if (std::exchange(told_online_, is) == is || leaving_) return;
    show_status();
    if (is) {
        connections_->proven();
        told_refusal_.clear();
        log::info("This node is part of the common order.");
    } else {
        log::warn(
            "This node is cut off from the common order ({}). What is published here waits in the "
            "outbox.",
            ordering_.reason());
    }
}

bool OrderIo::takes_part() const {
    return ordering_.status().stage == Stage::online && !refused_;
}

asio::awaitable<std::optional<redis::Refusal>> OrderIo::load_scripts(
    redis::Connection& connection) {
    std::vector<std::string_view> scripts;
    const ScriptCall calls[] = {
        HelloCall{}, RestoreCall{}, AppendCall{}, SignOfLifeCall{}, TrimCall{}};
    scripts.reserve(std::size(calls));
    for (const auto& call : calls) scripts.push_back(script_of(call));
    co_return co_await redis::load_scripts(connection, std::move(scripts), digests_);
}

void OrderIo::carry_out(SendCall action) {
    auto* connection = connections_->calls();
    if (!connection) return;  // disconnected() follows, or came before
    redis::Command command("EVALSHA", digests_[script_of(action.call)]);
    add_arguments(command, action.call, options_.keys, options_.scripts);
    auto call = std::make_shared<const ScriptCall>(std::move(action.call));
    connection->send(command,
                     [weak = weak_from_this(), id = action.id, call = std::move(call)](
                         const Result<redis::Reply>& reply) {
                         const auto self = weak.lock();
                         if (self && !self->stopped_) self->take_reply(id, *call, reply);
                     });
}

void OrderIo::take_reply(ActionId id, const ScriptCall& call, const Result<redis::Reply>& reply) {
    if (!reply) return;  // the connection has ended, which is told apart
    if (const auto* error = reply->error()) return refused(call.index(), call_error(*error));
    auto answer = decode_answer(call, *reply);
    if (!answer) return give_up_connection(answer.error());
    done(call.index());
    ordering_.answered(id, std::move(*answer));
    run();
}

// A script may have done a part before it failed: only hello on another connection tells.
void OrderIo::give_up_connection(const Error& why) {
    if (std::exchange(told_refusal_, why.message) != why.message)
        log::error("Redis does not do what it should. {}", why.message);
    connections_->replace();
}

// Hello may succeed at once, and the refused call fail again: without this, the node would say
// twenty times a second that it takes part, and that it does not.
void OrderIo::refused(std::size_t what, const Error& why) {
    refused_ = what;
    give_up_connection(why);
}

// Entries are restored when hello asks for them, so hello decides about those, too.
void OrderIo::done(std::size_t what) {
    static const auto hello = ScriptCall(HelloCall{}).index();
    static const auto restore = ScriptCall(RestoreCall{}).index();
    if (refused_ == what || (refused_ == restore && what == hello)) refused_.reset();
}

void OrderIo::carry_out(const ReadStream& action) {
    auto* connection = connections_->reads();
    if (!connection) return;
    const auto block = options_.ordering.read_block;
    redis::Command command("XREAD", "COUNT", action.entries_max, "BLOCK", block.count(), "STREAMS");
    command.add(options_.keys.stream).add(std::to_string(action.after) + "-0").waits(block);
    connection->send(command,
                     [weak = weak_from_this(), id = action.id](const Result<redis::Reply>& reply) {
                         const auto self = weak.lock();
                         if (self && !self->stopped_) self->take_stream(id, reply);
                     });
}

void OrderIo::take_stream(ActionId id, const Result<redis::Reply>& reply) {
    if (!reply) return;  // the connection has ended
    StreamRecords records;
    std::optional<Error> trouble;
    if (const auto* error = reply->error()) return refused(stream_read, call_error(*error));
    done(stream_read);
    if (const auto* streams = reply->array(); streams && !streams->empty()) {
        const auto* stream = (*streams)[0].array();
        const auto* entries = stream && stream->size() == 2 ? (*stream)[1].array() : nullptr;
        if (entries) records.reserve(entries->size());
        for (std::size_t i = 0; entries && i < entries->size() && !trouble; ++i) {
            auto record = decode_record((*entries)[i]);
            if (record)
                records.push_back(std::move(*record));
            else
                trouble = record.error();
        }
    }
    if (trouble) return give_up_connection(*trouble);
    ordering_.stream_read(id, std::move(records));
    run();
}

void OrderIo::carry_out(const Reconnect& action) {
    log::warn("The connection to Redis is replaced: {}.", action.reason);
    connections_->replace();
}

}  // namespace rotacast::cluster
