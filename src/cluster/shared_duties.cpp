#include "cluster/shared_duties.hpp"

#include "base/log.hpp"

#include <boost/asio/post.hpp>
#include <pthread.h>

#include <utility>

namespace rotacast::cluster {
namespace {

constexpr std::chrono::milliseconds duty_ticks{20};

}  // namespace

Result<std::unique_ptr<SharedDuties>> SharedDuties::open(store::SqliteDeliveries& deliveries,
                                                         SharedDutiesOptions options) {
    auto duties = std::unique_ptr<SharedDuties>(new SharedDuties(deliveries, std::move(options)));
    auto watched = deliveries.watch_changes([self = duties.get()](auto changes) {
        self->later([self, changes = std::move(changes)]() mutable {
            self->division_.changed(std::move(changes));
        });
    });
    if (!watched) return watched.error();
    return duties;
}

SharedDuties::SharedDuties(store::SqliteDeliveries& deliveries, SharedDutiesOptions options)
    : options_(std::move(options)),
      deliveries_(deliveries),
      division_(options_.division),
      ticks_(context_),
      connection_(std::make_shared<redis::KeptConnection>(
          context_.get_executor(), options_.open, connection_events())) {}

SharedDuties::~SharedDuties() {
    try {
        stop();
    } catch (...) {
        // Short of memory; the others go on as after a kill.
    }
}

void SharedDuties::start(bus::Dispatcher& dispatcher, bus::Subscribers& subscribers) {
    dispatcher_ = &dispatcher;
    subscribers_ = &subscribers;
    connection_->start();
    asio::post(context_, [this] { tick(); });
    thread_ = std::thread([this] { context_.run(); });
    pthread_setname_np(thread_.native_handle(), "duties");
}

// An attempt to connect may last for seconds; it is destroyed with the context.
void SharedDuties::stop() {
    if (!thread_.joinable()) return;
    later([this] { division_.leave(); });
    {
        std::unique_lock lock(mutex_);
        left_changed_.wait_for(lock, options_.stop_patience, [this] { return is_left_; });
    }
    context_.stop();
    thread_.join();
}

void SharedDuties::abandon() {
    if (!thread_.joinable()) return;
    context_.stop();
    thread_.join();
}

// ---------------------------------------------------------------------------------------- port

std::optional<bus::SteadyTime> SharedDuties::held_until(const std::string& subscriber) const {
    const std::scoped_lock lock(mutex_);
    const auto found = held_.find(subscriber);
    if (found == held_.end()) return std::nullopt;
    return began_ + found->second;
}

std::string SharedDuties::holder_of(const std::string& subscriber) const {
    const std::scoped_lock lock(mutex_);
    if (held_.contains(subscriber)) return options_.node;
    const auto found = others_.find(subscriber);
    return found == others_.end() ? "" : found->second;
}

void SharedDuties::running(std::set<std::string> subscribers) {
    later(
        [this, names = std::move(subscribers)]() mutable { division_.running(std::move(names)); });
}

void SharedDuties::forget(const std::string& subscriber) {
    later([this, subscriber] { division_.forget(subscriber); });
}

// ---------------------------------------------------------------------------------------- time

Milliseconds SharedDuties::time() const {
    return std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - began_);
}

void SharedDuties::later(std::function<void()> work) {
    asio::post(context_, [this, work = std::move(work)] {
        work();
        run();
    });
}

void SharedDuties::tick() {
    std::set<std::string> wanted;
    for (const auto& [name, subscription] : subscribers_->list()) wanted.insert(name);
    division_.tick(time(), wanted);
    run();
    ticks_.expires_after(duty_ticks);
    ticks_.async_wait([this](boost::system::error_code error) {
        if (!error) tick();
    });
}

// What is answered at once causes further actions.
void SharedDuties::run() {
    for (auto actions = division_.take_actions(); !actions.empty();
         actions = division_.take_actions())
        for (const auto& action : actions)
            std::visit([this](const auto& one) { carry_out(one); }, action);
    show();
}

void SharedDuties::show() {
    auto held = division_.held();
    bool is_new = false;
    {
        const std::scoped_lock lock(mutex_);
        for (const auto& [subscriber, until] : held) {
            const auto before = held_.find(subscriber);
            is_new |=
                before == held_.end() || (before->second != until && before->second <= time());
            if (before == held_.end()) log::info("{} runs on this node", subscriber);
        }
        for (const auto& [subscriber, until] : held_) {
            if (held.contains(subscriber)) continue;
            log::info("{} does not run on this node any more", subscriber);
            is_new = true;
        }
        held_ = std::move(held);
        others_ = division_.others();
        is_left_ = division_.has_none() || !connection_->get();
    }
    left_changed_.notify_all();
    if (is_new && dispatcher_) dispatcher_->wake();
}

// --------------------------------------------------------------------------------- dispatcher

void SharedDuties::carry_out(const TakeOver& action) {
    dispatcher_->post([this, action](bus::Dispatcher& dispatcher) {
        const bool is_done = take_over(dispatcher, action);
        later([this, action, is_done] {
            division_.taken_over(action.subscriber, action.fence, is_done);
        });
    });
}

void SharedDuties::carry_out(const ReadWhole& action) {
    dispatcher_->post([this, action](bus::Dispatcher& dispatcher) {
        std::optional<store::SubscriberCopy> copy;
        bool is_read = dispatcher.ready() && dispatcher.flush();
        if (is_read) {
            deliveries_.begin(bus::Durability::safe);
            copy = deliveries_.copy_of(action.subscriber);
            const auto done = deliveries_.commit();
            if (!done) dispatcher.store_failed(done.error());
            is_read = done.has_value();
        }
        later([this, action, is_read, copy = std::move(copy)] {
            if (is_read)
                division_.whole_read(action.subscriber, action.fence, copy);
            else
                division_.changed(std::nullopt);  // asks again
        });
    });
}

bool SharedDuties::take_over(bus::Dispatcher& dispatcher, const TakeOver& action) {
    if (!dispatcher.ready() || !has_reached(dispatcher, action)) return false;
    waiting_since_.erase({action.subscriber, action.fence});
    if (!action.copy) {
        log::info("{}: Redis has no position; going on from this node's own", action.subscriber);
        return true;
    }
    const auto done = dispatcher.replace_stored(action.subscriber, [&](bus::DeliveryStore&) {
        deliveries_.put_copy(action.subscriber, *action.copy);
    });
    if (!done)
        log::warn("{}: what another node left cannot be taken over: {}",
                  action.subscriber,
                  done.error().message);
    return done.has_value();
}

/// A position that the journal has not reached yet would be taken for one of lost entries.
bool SharedDuties::has_reached(const bus::Dispatcher& dispatcher, const TakeOver& action) {
    const auto begun = action.copy ? store::begun_in(action.copy->record) : std::nullopt;
    if (!begun || begun->epoch.empty()) return true;
    const auto& reader = dispatcher.reader();
    const bool is_here = begun->epoch == reader.epoch()
                             ? reader.last() >= begun->position.whole_entries()
                             : reader.shared_with(begun->epoch).has_value();
    if (is_here) return true;
    const auto time = std::chrono::steady_clock::now();
    const auto since =
        waiting_since_.emplace(std::pair(action.subscriber, action.fence), time).first->second;
    return time - since >= options_.journal_patience;
}

}  // namespace rotacast::cluster
