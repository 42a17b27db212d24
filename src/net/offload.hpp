#pragma once

// Bridges from coroutines on a loop to work on other threads.

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/error.hpp"
#include "base/log.hpp"
#include "net/loops.hpp"
#include "net/worker_pool.hpp"

#include <exception>
#include <memory>
#include <type_traits>
#include <typeinfo>
#include <utility>

namespace rotacast::net {

namespace asio = boost::asio;

/// Calls `start(resume)`; the coroutine continues on its own loop when `resume(value)` is called,
/// which must happen once, on any thread.
template <class T, class Start>
asio::awaitable<T> resumed_by(Start start) {
    return asio::async_initiate<const asio::use_awaitable_t<>, void(T)>(
        [](auto handler, Start begin) {
            auto shared = std::make_shared<decltype(handler)>(std::move(handler));
            begin([shared](T value) {
                auto executor = asio::get_associated_executor(*shared);
                asio::post(executor, [shared, value = std::move(value)]() mutable {
                    std::move (*shared)(std::move(value));
                });
            });
        },
        asio::use_awaitable,
        std::move(start));
}

/// The response when a queue is full or closed: 1500, 503.
inline Error queue_is_full() {
    return {ErrorCode::unavailable, "The server is busy; try again in a moment.", ""};
}

/// Runs `work()`, which returns a Result, from the queue and passes the result to `done(result)`
/// there, once. The result is `unavailable` if the queue is full (then at once, on the caller's
/// thread) or is closed first, `internal` if the work threw.
template <class Work, class Done>
void offload(JobQueue& queue, Work work, Done done) {
    using T = std::invoke_result_t<Work&>;
    auto shared = std::make_shared<std::pair<Work, Done>>(std::move(work), std::move(done));
    const auto run = [shared](JobQueue::Turn turn) {
        if (turn == JobQueue::Turn::cancelled) return shared->second(T(queue_is_full()));
        auto result = [&]() -> T {
            try {
                return shared->first();
            } catch (const std::exception& fault) {
                log::error("blocking work failed: {}", typeid(fault).name());
                return Error{ErrorCode::internal, "", ""};
            }
        }();
        shared->second(std::move(result));
    };
    if (!queue.try_post(run)) shared->second(T(queue_is_full()));
}

/// The same, but calls `done(result)` on `loop`, later.
template <class Work, class Done>
void offload(JobQueue& queue, Loop& loop, Work work, Done done) {
    using T = std::invoke_result_t<Work&>;
    offload(queue, std::move(work), [&loop, done = std::move(done)](T result) mutable {
        loop.post([done = std::move(done), result = std::move(result)]() mutable {
            done(std::move(result));
        });
    });
}

/// The same for a coroutine. Store the closure in a named variable before the co_await: g++ 12
/// destroys a temporary closure twice there (its bug 99576).
template <class Work>
asio::awaitable<std::invoke_result_t<Work&>> on_worker(JobQueue& queue, Work work) {
    using T = std::invoke_result_t<Work&>;
    return resumed_by<T>([&queue, work = std::move(work)](auto resume) mutable {
        offload(queue, std::move(work), std::move(resume));
    });
}

}  // namespace rotacast::net
