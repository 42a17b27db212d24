#include "webhooks/webhooks.hpp"

#include "base/log.hpp"
#include "webhooks/wait_for_result.hpp"

#include <algorithm>
#include <thread>
#include <utility>

namespace rotacast::webhooks {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A cancelled request returns at once, unless the system's resolver is blocking.
constexpr seconds forget_patience{10};
constexpr milliseconds forget_again_after{10};

/// Whether the same is sent to the same receiver.
bool is_same(const StoredWebhook& one, const StoredWebhook& other) {
    return one.webhook.created_at == other.webhook.created_at &&
           one.webhook.updated_at == other.webhook.updated_at &&
           one.webhook.active == other.webhook.active && one.webhook.url == other.webhook.url &&
           one.secrets.current == other.secrets.current;
}

Error not_found() {
    return {ErrorCode::not_found, "There is no webhook of this name.", ""};
}

}  // namespace

Webhooks::Webhooks(bus::Bus& bus,
                   bus::Journal& journal,
                   bus::BusAdmin& operations,
                   std::unique_ptr<SqliteWebhooks> store,
                   WebhooksOptions options)
    : bus_(bus),
      journal_(journal),
      operations_(operations),
      store_(std::move(store)),
      options_(std::move(options)),
      sender_(std::make_shared<Sender>(options_.sender)) {}

Webhooks::~Webhooks() {
    close();
}

Result<void> Webhooks::start() {
    const std::scoped_lock lock(mutex_);
    const auto all = store_->list();
    if (!all) return all.error();
    forget_removed(*all);
    follow(*all);
    started_ = true;
    return {};
}

void Webhooks::follow() {
    const std::scoped_lock lock(mutex_);
    if (!started_ || closing_.stop_requested()) return;
    const auto all = store_->list();
    if (!all) return log::warn("cannot follow webhooks: {}", all.error().message);
    end_removed(*all);
    follow(*all);
}

/// A webhook that this version cannot read must not prevent the others from starting.
void Webhooks::follow(const std::vector<StoredWebhook>& all) {
    for (const auto& stored : all) {
        const auto& name = stored.webhook.name;
        const auto found = subscribed_.find(name);
        if (found != subscribed_.end() && is_same(found->second.stored, stored)) continue;
        unsubscribe(name);
        if (!stored.webhook.active) continue;
        if (auto done = subscribe(stored); !done)
            log::error("cannot start webhook {}: {}", name, done.error().message);
    }
}

/// Also of those that were removed and made again: the new one begins anew.
void Webhooks::end_removed(const std::vector<StoredWebhook>& all) {
    std::vector<std::string> ended;
    for (const auto& [name, subscribed] : subscribed_) {
        const auto found = std::ranges::find(
            all, name, [](const StoredWebhook& stored) { return stored.webhook.name; });
        if (found == all.end() || found->webhook.created_at != subscribed.stored.webhook.created_at)
            ended.push_back(name);
    }
    for (const auto& name : ended) {
        subscribed_.at(name).removed.request_stop();
        unsubscribe(name);
        if (auto done = forget(subscriber_name(name), "server"); !done)
            log::warn("cannot delete the deliveries of webhook {}: {}", name, done.error().message);
    }
}

/// A failure here is logged but does not prevent the start.
void Webhooks::forget_removed(const std::vector<StoredWebhook>& all) {
    using Statuses = std::vector<bus::SubscriberStatus>;
    const auto known =
        wait_for_result<Statuses>([&](auto done) { operations_.subscribers(std::move(done)); });
    if (!known) return log::warn("cannot clean up removed webhooks: {}", known.error().message);
    for (const auto& status : *known) {
        if (!status.name.starts_with(subscriber_prefix)) continue;
        const auto name = status.name.substr(subscriber_prefix.size());
        const bool is_there = std::ranges::any_of(
            all, [&](const StoredWebhook& stored) { return stored.webhook.name == name; });
        if (is_there) continue;
        if (auto done = forget(status.name, "server"); !done)
            log::warn("cannot delete the deliveries of {}: {}", status.name, done.error().message);
    }
}

void Webhooks::close() {
    {
        const std::scoped_lock lock(mutex_);
        closing_.request_stop();
    }
    test_threads_.join();
    pool_.close();
}

Result<std::vector<WebhookStatus>> Webhooks::list() {
    const auto all = store_->list();
    if (!all) return all.error();
    using Statuses = std::vector<bus::SubscriberStatus>;
    const auto statuses =
        wait_for_result<Statuses>([&](auto done) { operations_.subscribers(std::move(done)); });
    if (!statuses) return statuses.error();
    std::vector<WebhookStatus> list;
    for (const auto& stored : *all)
        list.push_back({stored.webhook, progress_of(stored.webhook, *statuses)});
    return list;
}

Result<WebhookStatus> Webhooks::find(const std::string& name) {
    auto all = list();
    if (!all) return all.error();
    for (auto& status : *all)
        if (status.webhook.name == name) return std::move(status);
    return not_found();
}

Progress Webhooks::progress_of(const Webhook& webhook,
                               const std::vector<bus::SubscriberStatus>& statuses) {
    Progress progress;
    progress.state = webhook.active ? "active" : "inactive";
    const auto found =
        std::ranges::find(statuses, subscriber_name(webhook.name), &bus::SubscriberStatus::name);
    if (found == statuses.end()) return progress;
    if (webhook.active && found->state == bus::SubscriberState::paused) progress.state = "paused";
    progress.reason = found->reason;
    progress.held_until = found->held_until;
    progress.lag = found->lag;
    progress.waiting = found->waiting + found->pending + found->replaying;
    progress.dead = found->dead;
    progress.last_error = found->last_error;
    progress.failing_since = found->failing_since;
    return progress;
}

Result<StoredWebhook> Webhooks::stored(const std::string& name) {
    auto found = store_->find(name);
    if (!found) return found.error();
    if (!*found) return not_found();
    return std::move(**found);
}

Result<void> Webhooks::audit(const char* action,
                             const std::string& name,
                             std::string reason,
                             const std::string& who) {
    return wait_for_result<void>([&](auto done) {
        operations_.note({0, who, now(), action, subscriber_name(name), 1, std::move(reason)},
                         std::move(done));
    });
}

Result<void> Webhooks::replace(const StoredWebhook& next) {
    if (auto done = store_->replace(next); !done) return done;
    unsubscribe(next.webhook.name);
    return next.webhook.active ? subscribe(next) : Result<void>();
}

Result<void> Webhooks::subscribe(const StoredWebhook& stored) {
    std::stop_source removed;
    auto subscription = subscription_of(stored, options_.delivery, sender_, removed.get_token());
    if (!subscription) return subscription.error();
    if (auto done = bus_.subscribe(std::move(*subscription)); !done) return done;
    subscribed_.insert_or_assign(stored.webhook.name, Subscribed{stored, std::move(removed)});
    return {};
}

void Webhooks::unsubscribe(const std::string& name) {
    if (subscribed_.erase(name) != 0) (void)bus_.unsubscribe(subscriber_name(name));
}

/// Retries, because a cancelled handler may still be running.
Result<void> Webhooks::forget(const std::string& subscriber, const std::string& who) {
    const auto end = std::chrono::steady_clock::now() + forget_patience;
    for (;;) {
        auto done = wait_for_result<void>([&](auto answer) {
            operations_.forget(subscriber, "its webhook was removed", who, std::move(answer));
        });
        if (done || done.error().code == ErrorCode::not_found) return {};
        if (done.error().code != ErrorCode::conflict) return done;
        if (std::chrono::steady_clock::now() >= end)
            return Error{ErrorCode::unavailable,
                         "A request of the removed webhook is still running; its deliveries are "
                         "deleted at the next start.",
                         ""};
        std::this_thread::sleep_for(forget_again_after);
    }
}

}  // namespace rotacast::webhooks
