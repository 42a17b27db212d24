#pragma once

// Waits for what the bus answers on its own thread. Not from that thread.

#include "base/error.hpp"

#include <future>
#include <utility>

namespace rotacast::webhooks {

/// `begin(done)` asks; `done` is called once, on any thread.
template <class T, class Begin>
Result<T> wait_for_result(Begin begin) {
    std::promise<Result<T>> promise;
    begin([&promise](Result<T> answer) { promise.set_value(std::move(answer)); });
    return promise.get_future().get();
}

}  // namespace rotacast::webhooks
