#pragma once

// For tests: an HTTP server on its own loopback port that responds with whatever bytes the test
// chooses. One thread per connection.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <sys/socket.h>

namespace rotacast::http::testing {

namespace asio = boost::asio;

inline std::string ok_answer(const std::string& body) {
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
}

class KeyServer {
  public:
    using TlsStream = asio::ssl::stream<asio::ip::tcp::socket>;

    explicit KeyServer(std::string answer, asio::ssl::context* tls = nullptr)
        : answer_(std::move(answer)), tls_(tls), thread_([this] { serve(); }) {}

    ~KeyServer() {
        stopping_ = true;
        // Makes accept() return in the thread.
        boost::system::error_code ignored;
        asio::ip::tcp::socket(io_).connect(acceptor_.local_endpoint(), ignored);
        thread_.join();
        close_connections();
        for (auto& thread : threads_) thread.join();
    }

    std::string url(const std::string& target = "/jwks.json") const {
        return (tls_ ? "https://127.0.0.1:" : "http://127.0.0.1:") +
               std::to_string(acceptor_.local_endpoint().port()) + target;
    }

    /// Sets the response from the next request on; `late` is written separately. Connections are
    /// held open.
    void answer(std::string bytes, std::string late = "") {
        const std::lock_guard lock(mutex_);
        answer_ = std::move(bytes);
        late_ = std::move(late);
    }

    /// Waits until `count` requests have arrived in total.
    void await_requests(std::size_t count) {
        std::unique_lock lock(mutex_);
        came_.wait(lock, [&] { return requests_ >= count; });
    }

    /// Closes all connections, as servers do with idle ones. Requests sent on them get no response.
    void close_connections() {
        const std::lock_guard lock(mutex_);
        for (const int descriptor : descriptors_) ::shutdown(descriptor, SHUT_RDWR);
        descriptors_.clear();
    }

    /// Closes the connection of the next request instead of responding.
    void drop_next_request() {
        const std::lock_guard lock(mutex_);
        drops_next_ = true;
    }

    /// Sends bytes that nobody asked for on all connections.
    void send_unasked(std::string_view bytes) {
        const std::lock_guard lock(mutex_);
        for (const int descriptor : descriptors_)
            ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    }

    std::size_t connections() const {
        const std::lock_guard lock(mutex_);
        return connections_;
    }
    std::size_t requests() const {
        const std::lock_guard lock(mutex_);
        return requests_;
    }
    std::string last_request() const {
        const std::lock_guard lock(mutex_);
        return last_request_;
    }

  private:
    void serve() {
        while (true) {
            boost::system::error_code failure;
            asio::ip::tcp::socket socket(io_);
            acceptor_.accept(socket, failure);
            if (stopping_) return;
            if (failure) continue;
            {
                const std::lock_guard lock(mutex_);
                descriptors_.push_back(socket.native_handle());
                ++connections_;
            }
            if (!tls_) {
                auto& held = held_.emplace_back(std::move(socket));
                threads_.emplace_back([this, &held] { converse(held); });
                continue;
            }
            auto& stream =
                *held_by_tls_.emplace_back(std::make_unique<TlsStream>(std::move(socket), *tls_));
            threads_.emplace_back([this, &stream] {
                boost::system::error_code disagreed;
                stream.handshake(asio::ssl::stream_base::server, disagreed);
                if (!disagreed) converse(stream);
            });
        }
    }

    template <class Stream>
    void converse(Stream& stream) {
        asio::streambuf received;
        while (exchange(stream, received)) {
        }
    }

    static std::size_t body_length(const asio::streambuf& request, std::size_t head) {
        const std::string text(
            asio::buffers_begin(request.data()),
            asio::buffers_begin(request.data()) + static_cast<std::ptrdiff_t>(head));
        constexpr std::string_view name = "Content-Length: ";
        const auto at = text.find(name);
        return at == std::string::npos ? 0 : std::stoul(text.substr(at + name.size()));
    }

    template <class Stream>
    bool exchange(Stream& stream, asio::streambuf& request) {
        boost::system::error_code failure;
        const auto head = asio::read_until(stream, request, "\r\n\r\n", failure);
        if (failure) return false;
        const auto whole = head + body_length(request, head);
        if (request.size() < whole)
            asio::read(stream, request, asio::transfer_exactly(whole - request.size()), failure);
        if (failure) return false;
        std::string bytes;
        std::string late;
        bool drops = false;
        {
            const std::lock_guard lock(mutex_);
            last_request_.assign(asio::buffers_begin(request.data()),
                                 asio::buffers_end(request.data()));
            ++requests_;
            bytes = answer_;
            late = late_;
            drops = std::exchange(drops_next_, false);
        }
        request.consume(whole);
        came_.notify_all();
        if (drops) {
            stream.lowest_layer().shutdown(asio::socket_base::shutdown_both, failure);
            return false;
        }
        asio::write(stream, asio::buffer(bytes), failure);
        if (!failure) asio::write(stream, asio::buffer(late), failure);
        return !failure;
    }

    mutable std::mutex mutex_;
    std::condition_variable came_;
    std::string answer_;
    std::string late_;
    std::string last_request_;
    std::size_t requests_ = 0;
    std::size_t connections_ = 0;
    bool drops_next_ = false;
    std::vector<int> descriptors_;
    std::atomic<bool> stopping_ = false;

    asio::ssl::context* tls_;
    asio::io_context io_{1};
    asio::ip::tcp::acceptor acceptor_{io_, {asio::ip::address_v4::loopback(), 0}};
    std::list<asio::ip::tcp::socket> held_;
    std::list<std::unique_ptr<TlsStream>> held_by_tls_;
    std::list<std::thread> threads_;
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace rotacast::http::testing
