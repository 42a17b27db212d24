#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <utility>

namespace rotacast::net {

namespace asio = boost::asio;

/// For steps that compute for long, such as those of a TLS handshake: one runs, then everything
/// else that is ready on the loop, then the next one. So a thousand of them delay other work by one
/// step, not by a thousand. First come, first served. Lives on one loop.
class TurnQueue {
  public:
    explicit TurnQueue(asio::io_context& context) : context_(context) {}
    TurnQueue(const TurnQueue&) = delete;
    TurnQueue& operator=(const TurnQueue&) = delete;

    /// Calls `token`'s handler, without arguments, when it is its turn; never from within. It must
    /// not throw.
    template <class Token>
    auto wait(Token&& token) {
        return asio::async_initiate<Token, void()>(
            [this](auto handler) {
                // std::function copies; the handler can only be moved.
                auto kept = std::make_shared<decltype(handler)>(std::move(handler));
                waiting_.push_back([kept = std::move(kept)] { std::move (*kept)(); });
                if (waiting_.size() == 1 && !running_) post_next();
            },
            token);
    }

  private:
    void post_next() {
        running_ = true;
        asio::post(context_, [this] {
            const auto next = std::move(waiting_.front());
            waiting_.pop_front();
            next();
            running_ = false;
            // After what the step itself has made ready.
            if (!waiting_.empty()) post_next();
        });
    }

    asio::io_context& context_;
    std::deque<std::function<void()>> waiting_;
    bool running_ = false;  // a turn is posted, or runs
};

}  // namespace rotacast::net
