#include "cluster/redis_journal.hpp"

#include <boost/asio/post.hpp>
#include <pthread.h>

#include <fstream>
#include <future>
#include <utility>

namespace rotacast::cluster {
namespace {

Error closed() {
    return {ErrorCode::unavailable, "The journal is closed.", ""};
}

Error not_shown_to_anybody(std::size_t event, const std::string& member) {
    return {ErrorCode::invalid_field,
            "Without a UUID here no client would be sent this event.",
            '/' + std::to_string(event) + member};
}

std::optional<Error> refusal_of(const std::vector<store::ReplicaJournal::Evaluation>& evaluations) {
    std::optional<Error> refusal;
    for (std::size_t i = 0; i < evaluations.size(); ++i)
        if (!evaluations[i].offset)
            for (const auto& member : evaluations[i].unseen)
                add_error(refusal, not_shown_to_anybody(i, member));
    return refusal;
}

}  // namespace

Result<std::unique_ptr<RedisJournal>> RedisJournal::open(const std::string& path,
                                                         RedisJournalOptions options) {
    auto replica = store::ReplicaJournal::open(path, options.replica);
    if (!replica) return replica.error();
    auto outbox = store::SqliteOutbox::open(path + "-outbox", options.outbox);
    if (!outbox) return outbox.error();
    return std::unique_ptr<RedisJournal>(
        new RedisJournal(std::move(*replica), std::move(*outbox), std::move(options)));
}

RedisJournal::RedisJournal(std::unique_ptr<store::ReplicaJournal> replica,
                           std::unique_ptr<store::SqliteOutbox> outbox,
                           RedisJournalOptions options)
    : options_(std::move(options)),
      replica_(std::move(replica)),
      outbox_(std::move(outbox)),
      work_(context_.get_executor()),
      io_(std::make_shared<OrderIo>(context_.get_executor(), *replica_, *outbox_, options_.order)) {
}

RedisJournal::~RedisJournal() {
    try {
        close();
    } catch (...) {
        // Short of memory; what waits is answered by nobody, as after a kill.
    }
}

void RedisJournal::follow(Tail tail) {
    replica_->follow(tail);
    asio::post(context_, [this, tail = std::move(tail)]() mutable { io_->start(std::move(tail)); });
    thread_ = std::thread([this] { context_.run(); });
    pthread_setname_np(thread_.native_handle(), "redis");
}

void RedisJournal::append(bus::AppendRequest request, Done done) {
    auto encoded = encode_request(
        request, [this](const std::string& epoch) { return replica_->shared_with(epoch); });
    if (!encoded) return done(encoded.error());
    if (request.refuse_unseen)
        submit_if_seen(std::move(request), std::move(*encoded), std::move(done));
    else
        submit(std::move(request), std::move(*encoded), std::move(done));
}

void RedisJournal::submit(bus::AppendRequest request, OrderRequestPtr encoded, Done done) {
    std::shared_lock lock(closing_mutex_);
    if (closing_) {
        lock.unlock();
        return done(closed());
    }
    asio::post(context_,
               [this,
                request = std::move(request),
                encoded = std::move(encoded),
                done = std::move(done)]() mutable {
                   io_->submit(std::move(request), std::move(encoded), std::move(done));
               });
}

void RedisJournal::submit_if_seen(bus::AppendRequest request, OrderRequestPtr encoded, Done done) {
    auto envelopes = request.envelopes;
    replica_->evaluate(
        std::move(envelopes),
        [this, request = std::move(request), encoded = std::move(encoded), done = std::move(done)](
            Result<std::vector<store::ReplicaJournal::Evaluation>> evaluations) mutable {
            if (!evaluations) return done(evaluations.error());
            if (auto refusal = refusal_of(*evaluations)) return done(std::move(*refusal));
            submit(std::move(request), std::move(encoded), std::move(done));
        });
}

Result<bus::EntryBatchPtr> RedisJournal::read(bus::Offset after, std::size_t limit) {
    return replica_->read(after, limit);
}

bus::JournalState RedisJournal::state() const {
    auto state = replica_->state();
    state.shared = true;
    const auto order = io_->status();
    state.ordered = order->stage == Stage::online;
    if (state.writable && !state.ordered)
        state.reason = "Cut off from the other nodes: " + order->reason;
    return state;
}

std::optional<bus::Offset> RedisJournal::shared_with(const std::string& epoch) const {
    return replica_->shared_with(epoch);
}

void RedisJournal::say_good_bye() {
    auto left = std::make_shared<std::promise<void>>();
    auto has_left = left->get_future();
    asio::post(context_, [this, left] { io_->leave([left] { left->set_value(); }); });
    has_left.wait_for(options_.leave_timeout);
}

void RedisJournal::close() {
    std::call_once(closed_, [this] {
        {
            const std::scoped_lock lock(closing_mutex_);
            closing_ = true;
        }
        if (thread_.joinable()) say_good_bye();
        outbox_->close();
        replica_->close();
        if (!thread_.joinable()) return;  // never followed
        asio::post(context_, [this] { io_->stop(); });
        work_.reset();
        thread_.join();
    });
}

Result<std::string> node_identifier(const std::string& database) {
    const auto path = database + "-node";
    std::string text;
    if (std::ifstream file(path); file >> text && Uuid::parse(text)) return text;
    text = to_string(Uuid::random());
    std::ofstream file(path);
    if (!(file << text << '\n' << std::flush))
        return Error{ErrorCode::unavailable, "Cannot write " + path + ".", ""};
    return text;
}

}  // namespace rotacast::cluster
