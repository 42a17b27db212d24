#include "bus/dispatcher.hpp"

#include "base/log.hpp"
#include "base/thread.hpp"

#include <pthread.h>

#include <algorithm>

namespace rotacast::bus {
namespace {

/// After the store could not be written.
constexpr std::chrono::seconds load_interval{1};

}  // namespace

Dispatcher::Dispatcher(Bus& bus,
                       Journal& journal,
                       std::unique_ptr<DeliveryStore> store,
                       DispatcherOptions options)
    : bus_(bus),
      options_(std::move(options)),
      store_(std::move(store)),
      reader_(journal, options_.recent_entries_max),
      writes_(*store_, options_.gather),
      dice_(options_.seed != 0 ? options_.seed : std::random_device{}()),
      tools_{
          bus_,
          options_.start_thread,
          [inbox = inbox_] { inbox->wake(); },
          [inbox = inbox_](std::int64_t subscriber, std::uint64_t work, Result<Receipts> receipts) {
              inbox->post([subscriber, work, receipts = std::move(receipts)](Dispatcher& self) {
                  self.answered(subscriber, work, receipts);
              });
          },
          options_.clock.steady,
          [this] { return std::uniform_real_distribution<>(0, 1)(dice_); },
          options_} {
    if (!tools_.start_thread)
        tools_.start_thread = [this](std::function<void()> body) {
            threads_.start(std::move(body));
        };
    bus_.subscribers().watch([inbox = inbox_] { inbox->wake(); });
}

Dispatcher::~Dispatcher() {
    close();
}

void Dispatcher::start() {
    thread_ = std::thread([this] { run(); });
    pthread_setname_np(thread_.native_handle(), "bus");
}

void Dispatcher::close() {
    std::call_once(closed_, [this] {
        bus_.subscribers().watch(nullptr);
        closing_ = true;
        inbox_->wake();
        if (thread_.joinable())
            thread_.join();
        else
            finish();
        threads_.close(std::chrono::milliseconds(0));
    });
}

bool Dispatcher::post(Inbox::Message message) {
    return !closing_ && inbox_->post(std::move(message));
}

void Dispatcher::run() {
    if (options_.gives_way) give_way();
    while (!closing_) {
        turn();
        inbox_->wait(wake_);
    }
    finish();
}

/// The grace is real time, whatever the clock of the options says: somebody waits.
void Dispatcher::finish() {
    const auto end = std::chrono::steady_clock::now() + options_.close_grace;
    leaving_ = true;
    for (auto& [name, subscriber] : subscribers_) subscriber->leave(true);
    for (;;) {
        turn();
        if (all_idle() || std::chrono::steady_clock::now() >= end) break;
        inbox_->wait(end);
    }
    inbox_->close();
    for (auto& message : inbox_->take().messages) message(*this);
    subscribers_.clear();
    store_.reset();
}

bool Dispatcher::all_idle() const {
    for (const auto& [name, subscriber] : subscribers_)
        if (!subscriber->idle()) return false;
    return true;
}

void Dispatcher::turn() {
    auto taken = inbox_->take();
    for (const auto& entries : taken.entries) reader_.add(entries);
    const bool loaded = load();
    for (auto& message : taken.messages) message(*this);
    if (!loaded) return;
    Turn turn(writes_, reader_, suspects_, options_.clock.wall(), options_.clock.steady());
    suspects_.running = 0;
    for (auto& [name, subscriber] : subscribers_) suspects_.running += subscriber->in_flight();
    follow_registry(turn);
    for (auto& [name, subscriber] : subscribers_) subscriber->advance(turn);
    feed_ranges(turn);
    trim(turn);
    if (auto stored = turn.end(leaving_ || anything_to_start()); !stored)
        return reset(stored.error());
    for (auto& [name, subscriber] : subscribers_) subscriber->start_jobs();
    wake_ = turn.wake();
}

bool Dispatcher::anything_to_start() const {
    return std::ranges::any_of(subscribers_,
                               [](const auto& named) { return named.second->has_jobs(); });
}

/// True: the store is there.
bool Dispatcher::load() {
    if (loaded_) return true;
    const auto time = options_.clock.steady();
    if (load_again_ && time < *load_again_) return false;
    store_->begin(Durability::safe);
    store_->nobody_present();
    auto ranges = store_->unread_ranges();
    if (auto done = store_->commit(); !done) {
        reset(done.error());
        return false;
    }
    ranges_ = std::move(ranges);
    loaded_ = true;
    return true;
}

/// What is in memory may say more than is stored: everything is taken up anew, as after a crash.
void Dispatcher::reset(const Error& error) {
    log::error("Deliveries cannot be stored: {}", error.message);
    writes_.roll_back();
    subscribers_.clear();
    ranges_.clear();
    suspects_ = {};
    loaded_ = false;
    load_again_ = options_.clock.steady() + load_interval;
    wake_ = load_again_;
}

void Dispatcher::follow_registry(Turn& turn) {
    if (leaving_) return;
    const auto wanted = bus_.subscribers().list();
    for (auto at = subscribers_.begin(); at != subscribers_.end();) {
        const auto current = at++;
        const auto found = wanted.find(current->first);
        // In a new epoch of the journal it finds its place anew, when its handlers have come back.
        const bool same = found != wanted.end() &&
                          found->second.get() == &current->second->subscription() &&
                          current->second->record().epoch == reader_.epoch();
        if (!same) detach(turn, current);
    }
    for (const auto& [name, subscription] : wanted)
        if (!subscribers_.contains(name)) attach(turn, subscription);
}

void Dispatcher::attach(Turn& turn, SubscriptionPtr subscription) {
    auto& store = turn.store();
    auto record = store.find_subscriber(subscription->name).value_or(SubscriberRecord{});
    if (record.id == 0) {
        record.name = subscription->name;
        store.save(record);
    }
    const auto epoch = record.epoch;
    auto added = std::make_unique<Subscriber>(subscription, std::move(record), tools_);
    added->recover(turn);
    if (epoch != added->record().epoch) cut_ranges(turn, added->record().id, epoch);
    subscribers_.emplace(subscription->name, std::move(added));
}

/// As soon as nothing of it runs any more; whoever has its name comes after it.
void Dispatcher::detach(Turn& turn, Map::iterator found) {
    auto& subscriber = *found->second;
    subscriber.leave(false);
    subscriber.advance(turn);
    if (!subscriber.idle()) return;
    subscriber.record().present = false;
    turn.store().save(subscriber.record());
    subscribers_.erase(found);
}

Subscriber* Dispatcher::find(const std::string& name) {
    const auto found = subscribers_.find(name);
    return found == subscribers_.end() ? nullptr : found->second.get();
}

DeliveryStore& Dispatcher::store() {
    if (auto done = writes_.commit(); !done) reset(done.error());
    return *store_;
}

void Dispatcher::refresh_counts() {
    auto& store = this->store();
    store.begin(Durability::safe);
    for (auto& [name, subscriber] : subscribers_) subscriber->refresh_counts(store);
    if (auto done = store.commit(); !done) reset(done.error());
}

void Dispatcher::answered(std::int64_t id, std::uint64_t work, Result<Receipts> receipts) {
    for (auto& [name, subscriber] : subscribers_)
        if (subscriber->record().id == id) return subscriber->answered(work, std::move(receipts));
}

}  // namespace rotacast::bus
