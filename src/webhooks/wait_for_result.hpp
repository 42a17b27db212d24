#pragma once

// Waits for an answer of the bus's thread. Do not call it on that thread.

#include "base/error.hpp"

#include <future>
#include <utility>

namespace rotacast::webhooks {

/// `begin(done)` starts the request; `done` must be called once, on any thread.
template <class T, class Begin>
Result<T> wait_for_result(Begin begin) {
    std::promise<Result<T>> promise;
    begin([&promise](Result<T> answer) { promise.set_value(std::move(answer)); });
    return promise.get_future().get();
}

}  // namespace rotacast::webhooks
