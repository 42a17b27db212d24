#include "bus/dispatcher.hpp"

#include "base/log.hpp"
#include "base/thread.hpp"
#include "bus/duties.hpp"

#include <pthread.h>

#include <algorithm>

namespace rotacast::bus {
namespace {

/// Between attempts to load, after a failed write.
constexpr std::chrono::seconds load_interval{1};

constexpr std::chrono::milliseconds threads_grace_min{100};

}  // namespace

Dispatcher::Dispatcher(Bus& bus,
                       Journal& journal,
                       std::unique_ptr<DeliveryStore> store,
                       DispatcherOptions options)
    : bus_(bus),
      options_(std::move(options)),
      store_(std::move(store)),
      reader_(journal, options_.recent_entries_max, options_.recent_bytes_max),
      writes_(*store_, options_.gather),
      random_(options_.seed != 0 ? options_.seed : std::random_device{}()),
      subscriber_context_{
          bus_,
          options_.start_thread,
          [inbox = inbox_] { inbox->wake(); },
          [inbox = inbox_](std::int64_t subscriber, std::uint64_t work, Result<Receipts> receipts) {
              inbox->post([subscriber, work, receipts = std::move(receipts)](Dispatcher& self) {
                  self.answered(subscriber, work, receipts);
              });
          },
          options_.clock.steady,
          [this] { return std::uniform_real_distribution<>(0, 1)(random_); },
          [this] { return next_work_++; },
          options_} {
    if (!subscriber_context_.start_thread)
        subscriber_context_.start_thread = [this](std::function<void()> body) {
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

std::size_t Dispatcher::close() {
    std::call_once(closed_, [this] {
        bus_.subscribers().watch(nullptr);
        closing_ = true;
        inbox_->wake();
        if (thread_.joinable())
            thread_.join();
        else
            finish();
    });
    return handlers_left_;
}

bool Dispatcher::post(Inbox::Message message) {
    return !closing_ && inbox_->post(std::move(message));
}

void Dispatcher::run() {
    if (options_.gives_way) give_way();
    while (!closing_) {
        cycle();
        inbox_->wait(wake_);
    }
    finish();
}

/// Measures the grace in real time, not by options_.clock: the caller of close() is waiting.
void Dispatcher::finish() {
    const auto end = std::chrono::steady_clock::now() + options_.close_grace;
    leaving_ = true;
    for (auto& [name, subscriber] : subscribers_) subscriber->leave(true);
    for (;;) {
        cycle();
        if (all_idle() || std::chrono::steady_clock::now() >= end) break;
        inbox_->wait(end);
    }
    inbox_->close();
    for (auto& message : inbox_->take().messages) message(*this);
    subscribers_.clear();
    store_.reset();
    // The threads of handlers that have returned need a moment to end.
    const auto rest =
        std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    handlers_left_ = threads_.close(std::max(rest, threads_grace_min));
}

bool Dispatcher::all_idle() const {
    for (const auto& [name, subscriber] : subscribers_)
        if (!subscriber->idle()) return false;
    return true;
}

void Dispatcher::cycle() {
    auto taken = inbox_->take();
    for (const auto& entries : taken.entries) reader_.add(entries);
    load();
    for (auto& message : taken.messages) message(*this);
    if (!ready()) return;  // also when a message found that the store failed
    DispatchCycle cycle(
        writes_, reader_, quarantine_, options_.clock.wall(), options_.clock.steady());
    quarantine_.running = 0;
    for (auto& [name, subscriber] : subscribers_) quarantine_.running += subscriber->in_flight();
    follow_registry(cycle);
    for (auto& [name, subscriber] : subscribers_) subscriber->advance(cycle);
    feed_ranges(cycle);
    trim(cycle);
    const bool relies = leaving_ || anything_to_start() || !attached_.empty() || has_new_running();
    if (auto stored = cycle.end(relies); !stored) return store_failed(stored.error());
    recovered_.merge(attached_);
    attached_.clear();
    tell_running();
    for (auto& [name, subscriber] : subscribers_) subscriber->start_jobs();
    wake_ = cycle.wake();
}

bool Dispatcher::anything_to_start() const {
    return std::ranges::any_of(subscribers_,
                               [](const auto& named) { return named.second->has_jobs(); });
}

/// At most once every load_interval.
void Dispatcher::load() {
    if (loaded_) return;
    if (load_again_ && options_.clock.steady() < *load_again_) return;
    store_->begin(Durability::safe);
    store_->nobody_present();
    auto ranges = store_->unread_ranges();
    if (auto done = store_->commit(); !done) return store_failed(done.error());
    ranges_ = std::move(ranges);
    loaded_ = true;
}

void Dispatcher::store_failed(const Error& error) {
    log::error("Deliveries cannot be stored: {}", error.message);
    writes_.roll_back();
    const auto time = options_.clock.steady();
    for (const auto& [name, subscriber] : subscribers_) {
        const auto threads = subscriber->threads_lost();
        const auto timeout = subscriber->subscription().options.timeout;
        left_behind_.insert_or_assign(
            name,
            LeftBehind{threads,
                       threads->load(),
                       timeout.count() > 0 ? std::optional(time + timeout) : std::nullopt});
    }
    subscribers_.clear();
    attached_.clear();
    ranges_.clear();
    quarantine_ = {};
    loaded_ = false;
    load_again_ = time + load_interval;
    wake_ = load_again_;
}

void Dispatcher::follow_registry(DispatchCycle& cycle) {
    if (leaving_) return;
    const auto wanted = on_duty(cycle);
    for (auto at = subscribers_.begin(); at != subscribers_.end();) {
        const auto current = at++;
        const auto found = wanted.find(current->first);
        // In a new epoch a subscriber attaches again, once its handlers have returned.
        const bool same = found != wanted.end() && !current->second->leaving() &&
                          found->second.get() == &current->second->subscription() &&
                          current->second->record().epoch == reader_.epoch();
        if (!same) detach(cycle, current);
    }
    for (const auto& [name, subscription] : wanted)
        if (!subscribers_.contains(name) && !is_held_up(cycle, name)) attach(cycle, subscription);
}

/// The subscriptions that may run here now.
Subscribers::Map Dispatcher::on_duty(DispatchCycle& cycle) const {
    auto wanted = bus_.subscribers().list();
    if (!options_.duties) return wanted;
    std::erase_if(wanted, [&](const auto& named) {
        const auto until = options_.duties->held_until(named.first);
        if (!until || *until <= cycle.steady) return true;
        cycle.wake_at(*until);
        return false;
    });
    return wanted;
}

std::set<std::string> Dispatcher::running() const {
    std::set<std::string> names;
    for (const auto& [name, subscriber] : subscribers_) names.insert(name);
    return names;
}

bool Dispatcher::has_new_running() const {
    return options_.duties && told_running_ != running();
}

/// After the commit, so that nothing of a subscriber that is not named comes later.
void Dispatcher::tell_running() {
    if (!has_new_running()) return;
    told_running_ = running();
    options_.duties->running(*told_running_);
}

/// A handler must not run twice at once: those that were running when the store failed must first
/// return or time out. A returning thread wakes the dispatcher.
bool Dispatcher::is_held_up(DispatchCycle& cycle, const std::string& name) {
    const auto found = left_behind_.find(name);
    if (found == left_behind_.end()) return false;
    const auto& left = found->second;
    const bool back = *left.threads <= left.lost_before;
    if (back || (left.until && cycle.steady >= *left.until)) {
        left_behind_.erase(found);
        return false;
    }
    if (left.until) cycle.wake_at(*left.until);
    return true;
}

void Dispatcher::attach(DispatchCycle& cycle, SubscriptionPtr subscription) {
    auto& store = cycle.store();
    auto record = store.find_subscriber(subscription->name).value_or(SubscriberRecord{});
    if (record.id == 0) {
        record.name = subscription->name;
        store.save(record);
    }
    const auto epoch = record.epoch;
    auto added = std::make_unique<Subscriber>(subscription, std::move(record), subscriber_context_);
    const auto interrupted_by = recovered_.contains(subscription->name)
                                    ? InterruptedBy::failed_store
                                    : InterruptedBy::ended_process;
    added->recover(cycle, interrupted_by);
    attached_.insert(subscription->name);
    if (epoch != added->record().epoch) cut_ranges(cycle, added->record().id, epoch);
    subscribers_.emplace(subscription->name, std::move(added));
}

/// Removes the subscriber once it is idle; a new one of the same name can attach only then.
void Dispatcher::detach(DispatchCycle& cycle, Map::iterator found) {
    auto& subscriber = *found->second;
    subscriber.leave(false);
    subscriber.advance(cycle);
    if (!subscriber.idle()) return;
    subscriber.record().present = false;
    cycle.store().save(subscriber.record());
    subscribers_.erase(found);
}

Subscriber* Dispatcher::find(const std::string& name) {
    const auto found = subscribers_.find(name);
    return found == subscribers_.end() ? nullptr : found->second.get();
}

Result<void> Dispatcher::flush() {
    auto done = writes_.commit();
    if (!done) store_failed(done.error());
    return done;
}

Result<void> Dispatcher::replace_stored(const std::string& subscriber,
                                        const std::function<void(DeliveryStore&)>& write) {
    if (find(subscriber))
        return Error{ErrorCode::conflict, "The subscriber runs here; detach it first.", ""};
    if (auto flushed = flush(); !flushed) return flushed;
    store_->begin(Durability::safe);
    write(*store_);
    if (auto done = store_->commit(); !done) {
        store_failed(done.error());
        return done;
    }
    recovered_.erase(subscriber);
    return {};
}

void Dispatcher::refresh_counts() {
    store_->begin(Durability::safe);
    for (auto& [name, subscriber] : subscribers_) subscriber->refresh_counts(*store_);
    if (auto done = store_->commit(); !done) store_failed(done.error());
}

void Dispatcher::answered(std::int64_t id, std::uint64_t work, Result<Receipts> receipts) {
    for (auto& [name, subscriber] : subscribers_)
        if (subscriber->record().id == id) return subscriber->answered(work, std::move(receipts));
}

}  // namespace rotacast::bus
