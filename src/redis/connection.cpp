#include "redis/connection.hpp"

#include "base/log.hpp"
#include "net/offload.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <string_view>
#include <typeinfo>
#include <utility>

namespace rotacast::redis {
namespace {

constexpr std::size_t read_bytes = 16 * 1024;

/// Pub/sub in RESP2 has no marks of its own: a message is an array like others.
bool is_message(const Reply& reply) {
    const auto* array = reply.array();
    if (!array || array->empty()) return false;
    const auto* kind = array->front().text();
    return kind && (*kind == "message" || *kind == "pmessage");
}

/// One answer's consumer must not end the others' connection (ADR 0033).
void give(const Connection::Done& done, Result<Reply> reply) {
    try {
        done(std::move(reply));
    } catch (const std::exception& fault) {
        log::error("a consumer of Redis' answers failed: {}", typeid(fault).name());
    }
}

}  // namespace

Connection::Connection(Private, const asio::any_io_executor& executor, ConnectionOptions options)
    : options_(std::move(options)),
      executor_(executor),
      link_(executor, options_.tls),
      timer_(executor),
      reader_(options_.reply),
      heard_(Clock::now()) {}

Refusal Connection::at_server(RefusalKind kind, const std::string& what) const {
    return refusal(kind, "Redis at " + to_string(options_.address) + ' ' + what);
}

asio::awaitable<Result<Reply>> Connection::command(Command command) {
    return net::resumed_by<Result<Reply>>(
        [self = shared_from_this(), command = std::move(command)](auto resume) {
            self->send(command, std::move(resume));
        });
}

void Connection::send(const Command& command, Done done) {
    if (end_) return answer_later(std::move(done), *end_);
    const auto bytes = command.bytes();
    if (waiting_.size() >= options_.in_flight_max ||
        in_flight_bytes_ + bytes > options_.in_flight_bytes_max)
        return answer_later(std::move(done), refusal(RefusalKind::too_many_waiting));
    command.append_to(outgoing_);
    waiting_.push_back({std::move(done), bytes, Clock::now(), command.wait()});
    in_flight_bytes_ += bytes;
    // watch() then computes anew. While the connection is being opened, the timer is another one's.
    if (!opened_ && deadline() < timer_.expiry()) timer_.cancel();
    if (!is_writing_) write();
}

void Connection::write() {
    is_writing_ = true;
    sending_.clear();
    std::swap(sending_, outgoing_);
    link_.write(asio::buffer(sending_), [self = shared_from_this()](error_code error, std::size_t) {
        self->is_writing_ = false;
        if (self->end_) return;
        // A server that refuses us may have said why before it closed: the reader finds it.
        if (!error && !self->outgoing_.empty()) self->write();
    });
}

asio::awaitable<void> Connection::read_replies(ConnectionPtr self) {
    // When the executor is destroyed: coroutines that wait for answers hold the connection.
    const Finally forget{[this] { waiting_.clear(); }};
    std::array<char, read_bytes> buffer;
    const std::function<void(Reply)> take_one = [this](Reply reply) { take(std::move(reply)); };
    while (!self->end_) {
        const auto [error, size] = co_await link_.read_some(asio::buffer(buffer));
        if (end_) break;
        if (error) {
            end(at_server(RefusalKind::broken, how_it_broke()));
            break;
        }
        heard_ = Clock::now();
        if (auto why = reader_.read({buffer.data(), size}, take_one)) end(std::move(*why));
    }
}

std::string Connection::how_it_broke() const {
    if (reader_.buffered_bytes() > 0) return "closed the connection within an answer";
    if (opened_ && !options_.tls)
        return "closed the connection before it answered; if it wants TLS, write rediss://";
    return "closed the connection";
}

void Connection::take(Reply reply) {
    if (end_) return;
    if (options_.on_message && is_message(reply)) return options_.on_message(std::move(reply));
    if (waiting_.empty()) {
        if (const auto* error = reply.error()) return end(refusal_of(*error));
        return end(at_server(RefusalKind::not_redis, "said something that nobody asked for"));
    }
    const auto first = std::move(waiting_.front());
    waiting_.pop_front();
    in_flight_bytes_ -= first.bytes;
    give(first.done, std::move(reply));
}

/// When the server is late, or has been silent for so long that it is asked.
Connection::Clock::time_point Connection::deadline() const {
    if (waiting_.empty()) return heard_ + options_.idle_ping;
    const auto& first = waiting_.front();
    return std::max(first.sent, heard_) + options_.answer_timeout + first.wait;
}

asio::awaitable<void> Connection::watch(ConnectionPtr self) {
    while (!self->end_) {
        timer_.expires_at(deadline());
        co_await timer_.async_wait(net::as_result);
        if (end_) break;
        if (Clock::now() < deadline()) continue;
        if (waiting_.empty())
            ping();
        else
            end(at_server(
                RefusalKind::silent,
                "owed an answer for " + std::to_string(options_.answer_timeout.count()) + " ms"));
    }
}

void Connection::ping() {
    send(Command("PING"), [](const Result<Reply>&) {});
}

void Connection::close() {
    end(refusal(RefusalKind::closed));
}

void Connection::on_end(std::function<void(const Refusal&)> callback) {
    on_end_ = std::move(callback);
    if (end_)
        asio::post(executor_, [self = shared_from_this()] {
            if (const auto call = std::exchange(self->on_end_, {})) call(*self->end_);
        });
}

void Connection::end(Refusal why) {
    if (end_) return;
    end_ = std::move(why);
    link_.close();
    timer_.cancel();
    outgoing_.clear();
    in_flight_bytes_ = 0;
    for (auto& waiting : std::exchange(waiting_, {})) answer_later(std::move(waiting.done), *end_);
    settle(*end_);
    if (on_end_) on_end(std::move(on_end_));
}

void Connection::answer_later(Done done, const Refusal& why) {
    asio::post(executor_, [done = std::move(done), error = to_error(why)] { give(done, error); });
}

}  // namespace rotacast::redis
