#include "cluster/peers.hpp"

#include "base/log.hpp"
#include "base/uuid.hpp"
#include "cluster/script_sources.hpp"

#include <boost/asio/post.hpp>
#include <pthread.h>

#include <algorithm>
#include <future>
#include <utility>
#include <vector>

namespace rotacast::cluster {
namespace {

constexpr std::chrono::milliseconds between_ticks{20};
constexpr std::chrono::milliseconds good_bye_max{500};

NoteExchangeOptions with_a_name(NoteExchangeOptions options) {
    options.node = to_string(Uuid::random());
    return options;
}

}  // namespace

Result<std::unique_ptr<Peers>> Peers::open(const std::string& path, PeersOptions options) {
    auto store = store::SqliteFacts::open(path);
    if (!store) return store.error();
    return std::unique_ptr<Peers>(new Peers(std::move(*store), std::move(options)));
}

Peers::Peers(std::unique_ptr<store::SqliteFacts> store, PeersOptions options)
    : options_(std::move(options)),
      store_(std::move(store)),
      facts_(options_.facts),
      notes_(with_a_name(options_.notes)),
      ticks_(context_),
      connection_(std::make_shared<redis::KeptConnection>(
          context_.get_executor(), options_.open, connection_events())) {}

Peers::~Peers() {
    try {
        stop();
    } catch (...) {
        // Short of memory; the others go on as after a kill.
    }
}

void Peers::start() {
    connection_->start();
    asio::post(context_, [this] { tick(); });
    thread_ = std::thread([this] { context_.run(); });
    pthread_setname_np(thread_.native_handle(), "peers");
}

// An attempt to connect may last for seconds; it is destroyed with the context.
void Peers::stop() {
    if (!thread_.joinable()) return;
    const auto left = std::make_shared<std::promise<void>>();
    auto has_left = left->get_future();
    asio::post(context_, [this, left] {
        notes_.leave();
        run();
        const auto& connection = connection_->get();
        if (!connection) return left->set_value();
        // Answered after the good-bye, or when the connection ends.
        connection->send(redis::Command("PING"),
                         [left](const Result<redis::Reply>&) { left->set_value(); });
    });
    has_left.wait_for(good_bye_max);
    context_.stop();
    thread_.join();
}

bool Peers::wait_for_facts(std::chrono::milliseconds patience) {
    std::unique_lock lock(progress_mutex_);
    progress_changed_.wait_for(lock, patience, [this] { return is_caught_up_ || is_refused_; });
    return is_caught_up_;
}

void Peers::show_progress(bool is_refused) {
    {
        const std::scoped_lock lock(progress_mutex_);
        is_caught_up_ = facts_.caught_up();
        is_refused_ = is_refused;
    }
    progress_changed_.notify_all();
}

// ---------------------------------------------------------------------------------- connection

redis::KeptConnection::Events Peers::connection_events() {
    redis::KeptConnection::Events events;
    events.prepare = [this](redis::Connection& connection) {
        return redis::load_scripts(
            connection, std::vector{exchange_facts_script, exchange_notes_script}, digests_);
    };
    events.connected = [this] { connected(); };
    events.disconnected = [this](const redis::Refusal&) {
        facts_.disconnected();
        notes_.disconnected();
        show_progress(true);
    };
    // That Redis cannot be reached, the order says already.
    events.unreachable = [this](const redis::Refusal& why) {
        if (connection_->note(why.message))
            log::debug("The nodes cannot tell each other anything. {}", why.message);
        show_progress(true);
    };
    return events;
}

void Peers::connected() {
    const auto identity = to_string(connection_->get()->server());
    facts_.connected(identity);
    notes_.connected(identity);
    run();
}

void Peers::call(std::string_view script,
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
        if (taken) return run();
        if (connection_->note(taken.error().message))
            log::error("Redis does not do what it should. {}", taken.error().message);
        connection_->replace(redis::refusal(redis::RefusalKind::closed));
    });
}

void Peers::tick() {
    const auto elapsed =
        std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - began_);
    facts_.tick(elapsed);
    notes_.tick(elapsed);
    run();
    ticks_.expires_after(between_ticks);
    ticks_.async_wait([this](boost::system::error_code error) {
        if (!error) tick();
    });
}

template <class Exchange>
bool Peers::carry_out_all(Exchange& exchange) {
    const auto actions = exchange.take_actions();
    for (const auto& action : actions)
        std::visit([this](const auto& one) { this->carry_out(one); }, action);
    return !actions.empty();
}

// What is answered at once causes further actions.
void Peers::run() {
    while (carry_out_all(facts_) || carry_out_all(notes_)) continue;
    if (!facts_.caught_up()) return;
    connection_->proven();
    show_progress(false);
}

// --------------------------------------------------------------------------------------- facts

void Peers::carry_out(const ReadFacts& action) {
    auto batch = store_->read(action.after, action.changes_max, now());
    if (!batch) return local_failed(batch.error());
    facts_.local_read(std::move(*batch));
}

void Peers::carry_out(const ExchangeFacts& action) {
    call(
        exchange_facts_script,
        [&](redis::Command& command) { add_arguments(command, action, options_.fact_keys); },
        [this](const redis::Reply& reply) -> Result<void> {
            auto answer = decode_facts(reply);
            if (!answer) return answer.error();
            facts_.answered(std::move(*answer));
            return {};
        });
}

void Peers::carry_out(const MergeFacts& action) {
    if (auto merged = store_->merge(action.facts, now()); !merged)
        return local_failed(merged.error());
    if (on_merged_ && !action.facts.empty()) on_merged_(action.facts);
    facts_.merged();
}

void Peers::local_failed(const Error& error) {
    log::warn("Facts of the cluster cannot be kept: {}", error.message);
    facts_.local_failed();
}

// --------------------------------------------------------------------------------------- notes

void Peers::on_notes(const std::string& subject, OnNote on_note) {
    on_notes_[subject] = std::move(on_note);
}

void Peers::put_note(std::string name, NoteValue value) {
    asio::post(context_, [this, name = std::move(name), value = std::move(value)]() mutable {
        notes_.put(name, std::move(value));
    });
}

void Peers::carry_out(const ExchangeNotes& action) {
    call(
        exchange_notes_script,
        [&](redis::Command& command) { add_arguments(command, action, options_.note_keys); },
        [this, leaves = action.leaves](const redis::Reply& reply) -> Result<void> {
            if (leaves) return {};
            auto answer = decode_notes(reply);
            if (!answer) return answer.error();
            if (*answer)
                notes_.answered(std::move(**answer));
            else
                notes_.must_begin();
            return {};
        });
}

void Peers::carry_out(const TellNotes& action) {
    for (const auto& note : action.notes) {
        const auto colon = std::min(note.name.find(':'), note.name.size());
        const auto subject = on_notes_.find(note.name.substr(0, colon));
        if (subject == on_notes_.end()) continue;
        subject->second(
            note.by, note.name.substr(std::min(colon + 1, note.name.size())), note.value);
    }
}

}  // namespace rotacast::cluster
