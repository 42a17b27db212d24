#pragma once

// How BusAdmin reach the dispatcher's thread, and how they use its store there.

#include "bus/bus_admin.hpp"

namespace rotacast::bus {

inline Error not_found(const char* message) {
    return {ErrorCode::not_found, message, ""};
}

template <class T, class F>
void BusAdmin::post(Done<T> done, F function) {
    const auto shared = std::make_shared<Done<T>>(std::move(done));
    const bool posted =
        dispatcher_.post([shared, function = std::move(function)](Dispatcher& dispatcher) mutable {
            if (dispatcher.ready())
                (*shared)(function(dispatcher));
            else
                (*shared)(Error{ErrorCode::unavailable, "Deliveries cannot be stored.", ""});
        });
    if (!posted) (*shared)(Error{ErrorCode::unavailable, "The bus is closed.", ""});
}

/// Ends the transaction in which an operator's question or action was carried out.
inline Result<void> end_transaction(Dispatcher& dispatcher, bool commit) {
    auto& store = dispatcher.store();
    auto done = commit ? store.commit() : store.roll_back();
    if (!done) dispatcher.store_failed(done.error());
    return done;
}

/// What `read` returns, unless the store fails. A Subscriber that was looked up before may be gone
/// when `read` is called, and one looked up in `read` when this returns.
template <class F>
auto read_from(Dispatcher& dispatcher, F read) -> Result<decltype(read(dispatcher.store()))> {
    if (auto flushed = dispatcher.flush(); !flushed) return flushed.error();
    dispatcher.store().begin(Durability::safe);
    auto value = read(dispatcher.store());
    if (auto done = end_transaction(dispatcher, true); !done) return done.error();
    return value;
}

/// `act` returns a Result; an error of its own undoes everything. Counters follow. Subscribers: as
/// read_from.
template <class F>
auto act_on(Dispatcher& dispatcher, F act) -> decltype(act(dispatcher.store())) {
    if (auto flushed = dispatcher.flush(); !flushed) return flushed.error();
    dispatcher.store().begin(Durability::durable);
    auto value = act(dispatcher.store());
    const bool acted = value.has_value();
    // A store that fails finds nothing: then that is the answer, and not what was made of it.
    if (auto done = end_transaction(dispatcher, acted); !done) return done.error();
    if (acted) dispatcher.refresh_counts();
    return value;
}

}  // namespace rotacast::bus
