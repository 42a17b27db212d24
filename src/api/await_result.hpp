#pragma once

// From what the bus answers on its own thread to a response on the connection's loop.

#include "net/http.hpp"
#include "net/offload.hpp"

namespace rotacast::api {

/// `begin(done)` asks; `done` takes a Result<T>, on any thread.
template <class T, class Begin>
net::asio::awaitable<Result<T>> await_result(Begin begin) {
    return net::resumed_by<Result<T>>(std::move(begin));
}

/// The answer's text by `write(value)`, or its refusal.
template <class T, class Write>
net::Response respond(const Result<T>& answer,
                      Write write,
                      net::http::status status = net::http::status::ok) {
    if (!answer) return net::error_response(answer.error());
    return net::json_response(status, write(*answer));
}

}  // namespace rotacast::api
