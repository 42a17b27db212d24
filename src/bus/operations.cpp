// What operators may ask.

#include "bus/operations.hpp"

#include "bus/operations_post.hpp"

namespace rotacast::bus {
namespace {

/// Of one that has no handler here.
SubscriberStatus status_of(const SubscriberRecord& record, DeliveryStore& store, Offset last) {
    const auto counts = store.count(record.id);
    const auto of = [&](DeliveryState state) { return counts[static_cast<std::size_t>(state)]; };
    SubscriberStatus status;
    status.name = record.name;
    status.types = record.types;
    status.state = SubscriberState::gone;
    status.paused_by = record.paused_by;
    status.reason = record.reason;
    status.position = {record.epoch, {record.position, Place::whole}};
    status.lag = last > record.position ? static_cast<std::int64_t>(last - record.position) : 0;
    status.done = record.done;
    status.failed_attempts = record.failed_attempts;
    status.waiting = of(DeliveryState::waiting) + of(DeliveryState::leased);
    status.pending = of(DeliveryState::pending);
    status.replaying = of(DeliveryState::replaying);
    status.dead = of(DeliveryState::dead);
    status.discarded = of(DeliveryState::discarded);
    status.missed = record.missed;
    status.last_error = record.last_error;
    status.failing_since = record.failing_since;
    status.oldest_waiting = store.oldest_outstanding(record.id);
    return status;
}

}  // namespace

void Operations::stats(Done<BusStats> done) {
    post(std::move(done), [](Dispatcher& dispatcher) -> Result<BusStats> {
        return read_from(dispatcher, [&](DeliveryStore& store) {
            BusStats stats;
            for (const auto& [name, subscription] : dispatcher.registered()) {
                for (const auto& type : subscription->types) ++stats.subscriptions_by_type[type];
                if (subscription->types.empty()) ++stats.subscriptions_by_type["*"];
            }
            for (const auto& [type, count] : stats.subscriptions_by_type)
                stats.total_subscriptions += count;
            for (const auto& record : store.subscribers())
                stats.dead_letter_count +=
                    store.count(record.id)[static_cast<std::size_t>(DeliveryState::dead)];
            return stats;
        });
    });
}

void Operations::subscribers(Done<std::vector<SubscriberStatus>> done) {
    post(std::move(done), [](Dispatcher& dispatcher) -> Result<std::vector<SubscriberStatus>> {
        return read_from(dispatcher, [&](DeliveryStore& store) {
            std::vector<SubscriberStatus> list;
            const auto last = dispatcher.reader().last();
            for (const auto& record : store.subscribers()) {
                const auto* here = dispatcher.find(record.name);
                list.push_back(here ? here->status(store, last) : status_of(record, store, last));
            }
            return list;
        });
    });
}

void Operations::letters(LetterFilter filter, Page page, Done<std::vector<DeadLetter>> done) {
    post(std::move(done), [filter = std::move(filter), page](Dispatcher& dispatcher) {
        return read_from(dispatcher,
                         [&](DeliveryStore& store) { return store.letters(filter, page); });
    });
}

void Operations::find_letter(std::int64_t id, Done<DeadLetter> done) {
    post(std::move(done), [id](Dispatcher& dispatcher) -> Result<DeadLetter> {
        auto found = read_from(dispatcher, [&](DeliveryStore& store) {
            LetterFilter filter;
            filter.id = id;
            auto letters = store.letters(filter, {});
            filter.discarded = true;
            return letters.empty() ? store.letters(filter, {}) : letters;
        });
        if (!found) return found.error();
        if (found->empty()) return not_found("There is no such dead letter.");
        return std::move(found->front());
    });
}

void Operations::letter_groups(LetterFilter filter, Done<std::vector<LetterGroup>> done) {
    post(std::move(done), [filter = std::move(filter)](Dispatcher& dispatcher) {
        return read_from(dispatcher,
                         [&](DeliveryStore& store) { return store.letter_groups(filter); });
    });
}

void Operations::replays(Page page, Done<std::vector<Replay>> done) {
    post(std::move(done), [page](Dispatcher& dispatcher) {
        return read_from(dispatcher, [&](DeliveryStore& store) { return store.replays(page); });
    });
}

void Operations::find_replay(std::int64_t id, Done<Replay> done) {
    post(std::move(done), [id](Dispatcher& dispatcher) -> Result<Replay> {
        auto found =
            read_from(dispatcher, [&](DeliveryStore& store) { return store.find_replay(id); });
        if (!found) return found.error();
        if (!*found) return not_found("There is no such replay.");
        return std::move(**found);
    });
}

void Operations::audits(Page page, Done<std::vector<AuditRow>> done) {
    post(std::move(done), [page](Dispatcher& dispatcher) {
        return read_from(dispatcher, [&](DeliveryStore& store) { return store.audits(page); });
    });
}

void Operations::ledger(std::optional<std::string> handler,
                        std::optional<Uuid> event_id,
                        Page page,
                        Done<std::vector<LedgerRow>> done) {
    post(std::move(done), [handler = std::move(handler), event_id, page](Dispatcher& dispatcher) {
        return read_from(dispatcher, [&](DeliveryStore& store) {
            return store.ledger(handler, event_id, page);
        });
    });
}

}  // namespace rotacast::bus
