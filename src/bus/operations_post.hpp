#pragma once

// How Operations reach the dispatcher's thread, and how they use its store there.

#include "bus/operations.hpp"

namespace rotacast::bus {

inline Error not_found(const char* message) {
    return {ErrorCode::not_found, message, ""};
}

template <class T, class F>
void Operations::post(Done<T> done, F function) {
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

/// What `read` returns, unless the store fails.
template <class F>
auto read_from(Dispatcher& dispatcher, F read) -> Result<decltype(read(dispatcher.store()))> {
    auto& store = dispatcher.store();
    store.begin(Durability::safe);
    auto value = read(store);
    if (auto done = store.commit(); !done) return done.error();
    return value;
}

/// `act` returns a Result; an error of its own undoes everything. Counters follow.
template <class F>
auto act_on(Dispatcher& dispatcher, F act) -> decltype(act(dispatcher.store())) {
    auto& store = dispatcher.store();
    store.begin(Durability::durable);
    auto value = act(store);
    if (!value) {
        store.roll_back();
        return value.error();
    }
    if (auto done = store.commit(); !done) return done.error();
    dispatcher.refresh_counts();
    return value;
}

}  // namespace rotacast::bus
