#pragma once

// How BusAdmin runs work on the dispatcher's thread, and its transactions there.

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

/// Ends the transaction of an operator's query or action.
inline Result<void> end_transaction(Dispatcher& dispatcher, bool commit) {
    auto& store = dispatcher.store();
    auto done = commit ? store.commit() : store.roll_back();
    if (!done) dispatcher.store_failed(done.error());
    return done;
}

/// Returns the result of `read`, or the store's error. Subscriber pointers do not survive the call:
/// flush() before `read`, or a failed commit after it, may delete all of them.
template <class F>
auto read_from(Dispatcher& dispatcher, F read) -> Result<decltype(read(dispatcher.store()))> {
    if (auto flushed = dispatcher.flush(); !flushed) return flushed.error();
    dispatcher.store().begin(Durability::safe);
    auto value = read(dispatcher.store());
    if (auto done = end_transaction(dispatcher, true); !done) return done.error();
    return value;
}

/// As read_from, but durable: `act` returns a Result, and its error rolls everything back.
/// Refreshes the subscribers' counters after a success.
template <class F>
auto act_on(Dispatcher& dispatcher, F act) -> decltype(act(dispatcher.store())) {
    if (auto flushed = dispatcher.flush(); !flushed) return flushed.error();
    dispatcher.store().begin(Durability::durable);
    auto value = act(dispatcher.store());
    const bool acted = value.has_value();
    // A failed store returns nothing, so the value of `act` means nothing either.
    if (auto done = end_transaction(dispatcher, acted); !done) return done.error();
    if (acted) dispatcher.refresh_counts();
    return value;
}

}  // namespace rotacast::bus
