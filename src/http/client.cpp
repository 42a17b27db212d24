#include "http/client.hpp"

#include "base/version.hpp"
#include "net/as_result.hpp"
#include "net/client_tls.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <stdexcept>
#include <utility>
#include <variant>

#include <sys/socket.h>

namespace rotacast::http {
namespace {

namespace ssl = asio::ssl;
using asio::ip::tcp;
using boost::system::error_code;
using enum FailureKind;

using TlsStream = ssl::stream<tcp::socket>;
using Parser = beast::http::response_parser<beast::http::string_body>;

/// Of an unwanted body: how much is read to keep the connection.
constexpr std::size_t rest_bytes_max = 16 * 1024;

}  // namespace

struct Client::Connection {
    Url url;  // identifies the server; its target does not matter
    std::variant<tcp::socket, TlsStream> stream;
    beast::flat_buffer buffer = {};
    std::unique_ptr<Parser> rest = {};  // of a response whose body nobody wanted; nullptr: none

    tcp::socket& socket() {
        if (auto* by_tls = std::get_if<TlsStream>(&stream)) return by_tls->next_layer();
        return std::get<tcp::socket>(stream);
    }
    bool leads_to(const Url& other) const {
        return url.host == other.host && url.port == other.port && url.secure == other.secure;
    }
    /// Reads, without blocking, what has arrived of the last response. Returns whether that was
    /// all.
    bool is_finished() {
        while (rest) {
            error_code error;
            while (!rest->is_done() && buffer.size() > 0 && !error)
                buffer.consume(rest->put(buffer.data(), error));
            if (rest->is_done()) break;
            if (error && error != beast::http::error::need_more) return false;
            if (rest->get().body().size() + buffer.size() > rest_bytes_max) return false;
            buffer.commit(read_what_is_there(buffer.prepare(4096), error));
            if (error) return false;
        }
        rest.reset();
        return buffer.size() == 0;
    }
    std::size_t read_what_is_there(const asio::mutable_buffer& to, error_code& error) {
        socket().non_blocking(true, error);
        if (error) return 0;
        return std::visit([&](auto& from) { return from.read_some(to, error); }, stream);
    }
    /// Whether nothing arrived while the connection was idle: neither its end nor any bytes.
    bool is_quiet() {
        char byte = 0;
        const auto got = ::recv(socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
        return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    }
};

namespace {

using Connection = Client::Connection;
using ConnectionPtr = std::shared_ptr<Connection>;

/// Owned by the coroutine, which a slow resolver may keep alive longer than the send() that started
/// it.
struct Job {
    ClientRequest request;
    ClientOptions options;
    ConnectionPtr kept;  ///< kept from the last request, and for the next one
};

Failure failed(FailureKind kind, std::string message) {
    return {kind, std::move(message)};
}

std::string host_header(const Url& url) {
    const bool is_v6 = url.host.find(':') != std::string::npos;
    return (is_v6 ? '[' + url.host + ']' : url.host) + ':' + url.port;
}

beast::http::request<beast::http::string_body> message_of(const ClientRequest& request,
                                                          bool keep_alive) {
    beast::http::request<beast::http::string_body> message(request.method, request.url.target, 11);
    for (const auto& [name, value] : request.headers) message.set(name, value);
    message.set(http::field::host, host_header(request.url));
    message.set(http::field::user_agent, "rotacast/" + std::string(version));
    if (!keep_alive) message.set(http::field::connection, "close");
    if (!request.url.authorization.empty())
        message.set(http::field::authorization, request.url.authorization);
    message.body() = request.body;
    message.prepare_payload();
    return message;
}

Failure unread_failure(const error_code& error, const ClientOptions& options) {
    if (error == beast::http::error::body_limit)
        return failed(
            answer_too_large,
            "the document is larger than " + std::to_string(options.body_bytes_max) + " bytes");
    if (error == beast::http::error::header_limit)
        return failed(answer_too_large,
                      "the answer's head is larger than " + std::to_string(options.head_bytes_max) +
                          " bytes");
    const bool is_broken_off = error == beast::http::error::end_of_stream ||
                               error == beast::http::error::partial_message ||
                               error.category() != beast::http::make_error_code({}).category();
    return failed(is_broken_off ? connection_broken : bad_answer,
                  "the answer is broken off or no HTTP");
}

bool is_interim(unsigned status) {  // RFC 9110 §15.2
    return status >= 100 && status < 200 && status != 101;
}

/// The result of one exchange.
struct Exchanged {
    ClientResult result;
    bool nothing_came = false;  ///< not one byte of a response
    bool may_be_kept = false;
};

template <class Stream>
asio::awaitable<Exchanged> read_response(Stream& stream,
                                         Connection& connection,
                                         const ClientOptions& options) {
    auto& buffer = connection.buffer;
    for (bool first = true;; first = false) {
        auto owned = std::make_unique<Parser>();
        auto& parser = *owned;
        parser.header_limit(static_cast<std::uint32_t>(options.head_bytes_max));
        if (options.wants_body)
            parser.body_limit(options.body_bytes_max);
        else
            parser.body_limit(boost::none);  // an announced length alone must not cause a refusal
        const auto [no_head, head] =
            co_await beast::http::async_read_header(stream, buffer, parser, net::as_result);
        if (no_head)
            co_return Exchanged{unread_failure(no_head, options), first && !parser.got_some()};
        if (is_interim(parser.get().result_int())) continue;
        if (options.wants_body) {
            const auto [no_body, body] =
                co_await beast::http::async_read(stream, buffer, parser, net::as_result);
            if (no_body) co_return Exchanged{unread_failure(no_body, options)};
        }
        auto& message = parser.get();
        ClientResponse response{message.result_int(), message.base(), std::move(message.body())};
        const bool is_short = parser.content_length_remaining().value_or(0) <= rest_bytes_max;
        const bool may_be_kept =
            parser.keep_alive() && (parser.is_done() ? buffer.size() == 0 : is_short);
        parser.eager(true);
        if (!parser.is_done()) connection.rest = std::move(owned);
        co_return Exchanged{std::move(response), false, may_be_kept};
    }
}

template <class Stream>
asio::awaitable<Exchanged> exchange(Stream& stream, Connection& connection, const Job& job) {
    const auto message = message_of(job.request, job.options.keeps_connection);
    const auto [unsent, sent] = co_await beast::http::async_write(stream, message, net::as_result);
    // A server that refuses a request may respond and close before it has read all of it.
    auto exchanged = co_await read_response(stream, connection, job.options);
    if (unsent && !exchanged.result)
        exchanged.result = failed(connection_broken, "the request could not be sent");
    exchanged.may_be_kept = exchanged.may_be_kept && !unsent;
    co_return exchanged;
}

/// Keeps the connection for the next request if possible.
asio::awaitable<Exchanged> exchange(ConnectionPtr connection, Job& job) {
    Exchanged exchanged{failed(connection_broken, "")};
    if (auto* by_tls = std::get_if<TlsStream>(&connection->stream))
        exchanged = co_await exchange(*by_tls, *connection, job);
    else
        exchanged = co_await exchange(std::get<tcp::socket>(connection->stream), *connection, job);
    if (job.options.keeps_connection && exchanged.may_be_kept) job.kept = std::move(connection);
    co_return exchanged;
}

using Connected = boost::system::result<ConnectionPtr, Failure>;

asio::awaitable<Connected> agree_on_tls(tcp::socket socket, Job& job) {
    if (!job.options.tls) job.options.tls = net::make_client_tls();
    if (!job.options.tls) co_return failed(tls, "the system's certificates cannot be read");
    const auto connection = std::make_shared<Connection>(
        Connection{job.request.url, TlsStream(std::move(socket), *job.options.tls)});
    auto& stream = std::get<TlsStream>(connection->stream);
    stream.set_verify_mode(ssl::verify_peer);
    if (!net::expect_name(stream.native_handle(), job.request.url.host))
        co_return failed(tls, "no certificate can be for this name");
    const auto [failure] =
        co_await stream.async_handshake(ssl::stream_base::client, net::as_result);
    if (failure) {
        auto why = net::tls_failure(stream.native_handle(), failure);
        co_return Failure{tls, std::move(why.message), why.trouble};
    }
    co_return connection;
}

bool all_allowed(const tcp::resolver::results_type& endpoints, const ClientOptions& options) {
    return !options.allows || std::ranges::all_of(endpoints, [&](const auto& entry) {
        return options.allows(entry.endpoint().address());
    });
}

asio::awaitable<Connected> connect(Job& job) {
    const auto executor = co_await asio::this_coro::executor;
    const auto& url = job.request.url;
    tcp::resolver resolver(executor);
    const auto [unresolved, endpoints] =
        co_await resolver.async_resolve(url.host, url.port, net::as_result);
    if (unresolved) co_return failed(name_unresolved, "the server's name cannot be resolved");
    if (!all_allowed(endpoints, job.options))
        co_return failed(address_refused, "the server's address is not one that may be called");
    tcp::socket socket(executor);
    const auto [unreached, endpoint] =
        co_await asio::async_connect(socket, endpoints, net::as_result);
    if (unreached == asio::error::connection_refused)
        co_return failed(connect_refused, "the server cannot be reached");
    if (unreached) co_return failed(unreachable, "the server cannot be reached");
    if (url.secure) co_return co_await agree_on_tls(std::move(socket), job);
    co_return std::make_shared<Connection>(Connection{url, std::move(socket)});
}

asio::awaitable<ClientResult> perform(std::shared_ptr<Job> job) {
    if (auto kept = std::exchange(job->kept, nullptr)) {
        auto exchanged = co_await exchange(std::move(kept), *job);
        // The server closed the kept connection while we sent: try again on a new one.
        if (!exchanged.nothing_came) co_return std::move(exchanged.result);
    }
    auto connected = co_await connect(*job);
    if (!connected) co_return connected.error();
    auto exchanged = co_await exchange(std::move(*connected), *job);
    co_return std::move(exchanged.result);
}

/// Shared with the coroutine.
struct Outcome {
    std::optional<ClientResult> result;
    asio::cancellation_signal give_up;
};

}  // namespace

std::string_view to_string(FailureKind kind) {
    switch (kind) {
        case timeout: return "timeout";
        case cancelled: return "cancelled";
        case name_unresolved: return "name_unresolved";
        case address_refused: return "address_refused";
        case connect_refused: return "connect_refused";
        case unreachable: return "unreachable";
        case tls: return "tls";
        case connection_broken: return "connection_broken";
        case bad_answer: return "bad_answer";
        case answer_too_large: return "answer_too_large";
    }
    return "unknown";
}

void throw_exception_from_error(const Failure& failure, const boost::source_location&) {
    throw std::runtime_error(failure.message);
}

Client::Client(ClientOptions options) : options_(std::move(options)) {}

Client::~Client() = default;

bool Client::is_connected_to(const Url& url) const {
    return kept_ && kept_->leads_to(url) && kept_->is_finished() && kept_->is_quiet();
}

ClientResult Client::send(ClientRequest request) {
    if (!is_connected_to(request.url)) kept_.reset();
    const auto patience = request.patience.count() > 0 ? request.patience : options_.patience;
    const auto outcome = std::make_shared<Outcome>();
    const auto keep = [outcome](const std::exception_ptr& broken, ClientResult result) {
        if (broken)
            outcome->result.emplace(failed(cancelled, "the request was given up"));
        else
            outcome->result.emplace(std::move(result));
    };
    const auto job =
        std::make_shared<Job>(Job{std::move(request), options_, std::exchange(kept_, nullptr)});
    io_.restart();
    asio::co_spawn(io_, perform(job), asio::bind_cancellation_slot(outcome->give_up.slot(), keep));
    const auto deadline = std::chrono::steady_clock::now() + patience;
    // cancelled_ is set before stop() and read after restart(), so a cancel() at any time is
    // noticed.
    while (!cancelled_ && !outcome->result && io_.run_one_until(deadline) > 0) {
    }
    if (outcome->result) {
        kept_ = std::move(job->kept);
        return std::move(*outcome->result);
    }
    outcome->give_up.emit(asio::cancellation_type::terminal);
    io_.restart();
    io_.poll();
    if (cancelled_) return failed(cancelled, "the request was cancelled");
    return failed(timeout,
                  "there was no whole answer within " + std::to_string(patience.count()) + " ms");
}

void Client::cancel() {
    cancelled_ = true;
    io_.stop();
}

}  // namespace rotacast::http
