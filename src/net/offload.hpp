#pragma once

// Bridges from coroutines on a loop to what happens on other threads.

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace rotacast::net {

namespace asio = boost::asio;

/// Calls `start(resume)`; the coroutine goes on, on its own loop, when `resume(value)` is called,
/// from any thread, once.
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

/// Runs `work()` on the pool. It must not throw. Give the closure a name before it stands in a
/// co_await: g++ 12 destroys a closure's temporary twice there (its bug 99576).
template <class Work>
asio::awaitable<std::invoke_result_t<Work&>> on_worker(asio::thread_pool& pool, Work work) {
    using T = std::invoke_result_t<Work&>;
    return resumed_by<T>([&pool, work = std::move(work)](auto resume) mutable {
        asio::post(pool, [work = std::move(work), resume]() mutable { resume(work()); });
    });
}

}  // namespace rotacast::net
