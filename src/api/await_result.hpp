#pragma once

// Turns a result that the bus delivers on its own thread into a response on the connection's loop.

#include "http/message.hpp"
#include "net/offload.hpp"

namespace rotacast::api {

/// `begin(done)` starts the request; `done` takes a Result<T>, on any thread.
template <class T, class Begin>
net::asio::awaitable<Result<T>> await_result(Begin begin) {
    return net::resumed_by<Result<T>>(std::move(begin));
}

/// The text that `write(value)` makes, or the error.
template <class T, class Write>
http::Response respond(const Result<T>& answer,
                       Write write,
                       http::status status = http::status::ok) {
    if (!answer) return http::error_response(answer.error());
    return http::json_response(status, write(*answer));
}

}  // namespace rotacast::api
