// The queries of BusAdmin.

#include "bus/bus_admin.hpp"

#include "bus/bus_admin_post.hpp"
#include "bus/duties.hpp"
#include "bus/subscriber_status.hpp"

#include <algorithm>

namespace rotacast::bus {
namespace {

/// Of a subscriber without a handler here; in a cluster another node may run it.
SubscriberStatus with_holder(SubscriberStatus status, const Duties* duties) {
    const auto holder = duties ? duties->holder_of(status.name) : std::string();
    if (!holder.empty() && status.reason.empty()) status.reason = "Runs on node " + holder + ".";
    return status;
}

/// Those of this process that another node has always run.
void add_never_run(std::vector<SubscriberStatus>& list, const Dispatcher& dispatcher) {
    const auto* duties = dispatcher.options().duties;
    if (!duties) return;
    for (const auto& [name, subscription] : dispatcher.registered()) {
        if (std::ranges::find(list, name, &SubscriberStatus::name) != list.end()) continue;
        SubscriberStatus status;
        status.name = name;
        status.types = subscription->types;
        status.state = SubscriberState::gone;
        list.push_back(with_holder(std::move(status), duties));
    }
    std::ranges::sort(list, {}, &SubscriberStatus::name);
}

}  // namespace

void BusAdmin::stats(Done<BusStats> done) {
    post(std::move(done), [](Dispatcher& dispatcher) -> Result<BusStats> {
        return read_from(dispatcher, [&](DeliveryStore& store) {
            BusStats stats;
            for (const auto& [name, subscription] : dispatcher.registered()) {
                for (const auto& type : subscription->types) ++stats.subscriptions_by_type[type];
                if (subscription->types.empty()) ++stats.subscriptions_by_type["*"];
            }
            for (const auto& [type, count] : stats.subscriptions_by_type)
                stats.total_subscriptions += count;
            for (const auto& record : store.records().subscribers())
                stats.dead_letter_count +=
                    store.count(record.id)[static_cast<std::size_t>(DeliveryState::dead)];
            return stats;
        });
    });
}

void BusAdmin::subscribers(Done<std::vector<SubscriberStatus>> done) {
    post(std::move(done), [](Dispatcher& dispatcher) -> Result<std::vector<SubscriberStatus>> {
        return read_from(dispatcher, [&](DeliveryStore& store) {
            std::vector<SubscriberStatus> list;
            const auto last = dispatcher.reader().last();
            for (const auto& record : store.records().subscribers()) {
                const auto* here = dispatcher.find(record.name);
                list.push_back(here ? here->status(store, last)
                                    : with_holder(status_of(record, store, last),
                                                  dispatcher.options().duties));
            }
            add_never_run(list, dispatcher);
            return list;
        });
    });
}

void BusAdmin::dead_letters(DeadLetterFilter filter,
                            Page page,
                            Done<std::vector<DeadLetter>> done) {
    post(std::move(done), [filter = std::move(filter), page](Dispatcher& dispatcher) {
        return read_from(dispatcher, [&](DeliveryStore& store) {
            return store.records().dead_letters(filter, page);
        });
    });
}

void BusAdmin::find_dead_letter(std::int64_t id, Done<DeadLetter> done) {
    post(std::move(done), [id](Dispatcher& dispatcher) -> Result<DeadLetter> {
        auto found = read_from(dispatcher, [&](DeliveryStore& store) {
            DeadLetterFilter filter;
            filter.id = id;
            auto letters = store.records().dead_letters(filter, {});
            filter.discarded = true;
            return letters.empty() ? store.records().dead_letters(filter, {}) : letters;
        });
        if (!found) return found.error();
        if (found->empty()) return not_found("There is no such dead letter.");
        return std::move(found->front());
    });
}

void BusAdmin::dead_letter_groups(DeadLetterFilter filter,
                                  Done<std::vector<DeadLetterGroup>> done) {
    post(std::move(done), [filter = std::move(filter)](Dispatcher& dispatcher) {
        return read_from(dispatcher, [&](DeliveryStore& store) {
            return store.records().dead_letter_groups(filter);
        });
    });
}

void BusAdmin::replays(Page page, Done<std::vector<Replay>> done) {
    post(std::move(done), [page](Dispatcher& dispatcher) {
        return read_from(dispatcher,
                         [&](DeliveryStore& store) { return store.records().replays(page); });
    });
}

void BusAdmin::find_replay(std::int64_t id, Done<Replay> done) {
    post(std::move(done), [id](Dispatcher& dispatcher) -> Result<Replay> {
        auto found = read_from(
            dispatcher, [&](DeliveryStore& store) { return store.records().find_replay(id); });
        if (!found) return found.error();
        if (!*found) return not_found("There is no such replay.");
        return std::move(**found);
    });
}

void BusAdmin::audits(Page page, Done<std::vector<AuditRow>> done) {
    post(std::move(done), [page](Dispatcher& dispatcher) {
        return read_from(dispatcher,
                         [&](DeliveryStore& store) { return store.records().audits(page); });
    });
}

void BusAdmin::handler_log(std::optional<std::string> handler,
                           std::optional<Uuid> event_id,
                           Page page,
                           Done<std::vector<HandlerLogRow>> done) {
    post(std::move(done), [handler = std::move(handler), event_id, page](Dispatcher& dispatcher) {
        return read_from(dispatcher, [&](DeliveryStore& store) {
            return store.records().handler_log(handler, event_id, page);
        });
    });
}

}  // namespace rotacast::bus
