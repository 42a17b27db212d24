#include "net/http_client.hpp"

#include "base/version.hpp"
#include "net/as_result.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <openssl/x509.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

namespace rotacast::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace ssl = asio::ssl;
using asio::ip::tcp;
using beast::error_code;
using enum HttpFailureKind;

/// Owned by the coroutine, which a slow resolver may keep longer than the send() that began it.
struct Job {
    HttpRequest request;
    HttpClientOptions options;
};

HttpFailure failed(HttpFailureKind kind, std::string message) {
    return {kind, std::move(message)};
}

std::string host_header(const HttpUrl& url) {
    const bool is_v6 = url.host.find(':') != std::string::npos;
    return (is_v6 ? '[' + url.host + ']' : url.host) + ':' + url.port;
}

http::request<http::string_body> message_of(HttpRequest& request) {
    http::request<http::string_body> message(request.method, request.url.target, 11);
    for (const auto& [name, value] : request.headers) message.set(name, value);
    message.set(http::field::host, host_header(request.url));
    message.set(http::field::user_agent, "rotacast/" + std::string(version));
    message.set(http::field::connection, "close");
    if (!request.url.authorization.empty())
        message.set(http::field::authorization, request.url.authorization);
    message.body() = std::move(request.body);
    message.prepare_payload();
    return message;
}

HttpFailure unread_failure(const error_code& error, const HttpClientOptions& options) {
    if (error == http::error::body_limit)
        return failed(
            answer_too_large,
            "the document is larger than " + std::to_string(options.body_bytes_max) + " bytes");
    if (error == http::error::header_limit)
        return failed(answer_too_large,
                      "the answer's head is larger than " + std::to_string(options.head_bytes_max) +
                          " bytes");
    const bool is_broken_off = error == http::error::end_of_stream ||
                               error == http::error::partial_message ||
                               error.category() != http::make_error_code({}).category();
    return failed(is_broken_off ? connection_broken : bad_answer,
                  "the answer is broken off or no HTTP");
}

bool is_interim(unsigned status) {  // RFC 9110 §15.2
    return status >= 100 && status < 200 && status != 101;
}

template <class Stream>
asio::awaitable<HttpResult> read_response(Stream& stream, const HttpClientOptions& options) {
    beast::flat_buffer buffer;
    for (;;) {
        http::response_parser<http::string_body> parser;
        parser.header_limit(static_cast<std::uint32_t>(options.head_bytes_max));
        if (options.wants_body)
            parser.body_limit(options.body_bytes_max);
        else
            parser.body_limit(boost::none);  // an announced length alone refuses nothing
        const auto [no_head, head] =
            co_await http::async_read_header(stream, buffer, parser, as_result);
        if (no_head) co_return unread_failure(no_head, options);
        if (is_interim(parser.get().result_int())) continue;
        if (options.wants_body) {
            const auto [no_body, body] =
                co_await http::async_read(stream, buffer, parser, as_result);
            if (no_body) co_return unread_failure(no_body, options);
        }
        auto message = parser.release();
        const unsigned status = message.result_int();
        auto text = options.wants_body ? std::move(message.body()) : std::string();
        co_return HttpResponse{status, std::move(message.base()), std::move(text)};
    }
}

template <class Stream>
asio::awaitable<HttpResult> exchange(Stream& stream, Job& job) {
    const auto message = message_of(job.request);
    const auto [unsent, sent] = co_await http::async_write(stream, message, as_result);
    // A server that refuses a request may answer and close before it has read all of it.
    auto response = co_await read_response(stream, job.options);
    if (unsent && !response) co_return failed(connection_broken, "the request could not be sent");
    co_return response;
}

HttpFailure untrusted(SSL* session) {
    const auto verdict = SSL_get_verify_result(session);
    if (verdict == X509_V_OK) return failed(tls, "TLS could not be agreed on");
    return failed(
        tls,
        std::string("its certificate is not trusted: ") + X509_verify_cert_error_string(verdict));
}

asio::awaitable<HttpResult> exchange_by_tls(tcp::socket socket, Job& job) {
    if (!job.options.tls) job.options.tls = make_client_tls();
    if (!job.options.tls) co_return failed(tls, "the system's certificates cannot be read");
    const auto& host = job.request.url.host;
    ssl::stream<tcp::socket> stream(std::move(socket), *job.options.tls);
    stream.set_verify_mode(ssl::verify_peer);
    stream.set_verify_callback(ssl::host_name_verification(host));
    error_code no_address;
    asio::ip::make_address(host, no_address);
    if (no_address)  // RFC 6066 §3: names only
        SSL_set_tlsext_host_name(stream.native_handle(), host.c_str());
    const auto [failure] = co_await stream.async_handshake(ssl::stream_base::client, as_result);
    if (failure) co_return untrusted(stream.native_handle());
    co_return co_await exchange(stream, job);
}

bool all_allowed(const tcp::resolver::results_type& endpoints, const HttpClientOptions& options) {
    return !options.allows || std::ranges::all_of(endpoints, [&](const auto& entry) {
        return options.allows(entry.endpoint().address());
    });
}

asio::awaitable<HttpResult> perform(std::shared_ptr<Job> job) {
    const auto executor = co_await asio::this_coro::executor;
    const auto& url = job->request.url;
    tcp::resolver resolver(executor);
    const auto [unresolved, endpoints] =
        co_await resolver.async_resolve(url.host, url.port, as_result);
    if (unresolved) co_return failed(name_unresolved, "the server's name cannot be resolved");
    if (!all_allowed(endpoints, job->options))
        co_return failed(address_refused, "the server's address is not one that may be called");
    tcp::socket socket(executor);
    const auto [unreached, endpoint] = co_await asio::async_connect(socket, endpoints, as_result);
    if (unreached == asio::error::connection_refused)
        co_return failed(connect_refused, "the server cannot be reached");
    if (unreached) co_return failed(unreachable, "the server cannot be reached");
    if (url.secure) co_return co_await exchange_by_tls(std::move(socket), *job);
    co_return co_await exchange(socket, *job);
}

/// Shared with the coroutine.
struct Outcome {
    std::optional<HttpResult> result;
    asio::cancellation_signal give_up;
};

}  // namespace

std::string_view to_string(HttpFailureKind kind) {
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

void throw_exception_from_error(const HttpFailure& failure, const boost::source_location&) {
    throw std::runtime_error(failure.message);
}

std::shared_ptr<ssl::context> make_client_tls() {
    auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
    error_code unreadable;
    context->set_default_verify_paths(unreadable);
    return unreadable ? nullptr : context;
}

HttpResult HttpClient::send(HttpRequest request) {
    const auto outcome = std::make_shared<Outcome>();
    const auto keep = [outcome](const std::exception_ptr& broken, HttpResult result) {
        if (broken)
            outcome->result.emplace(failed(cancelled, "the request was given up"));
        else
            outcome->result.emplace(std::move(result));
    };
    const auto job = std::make_shared<Job>(Job{std::move(request), options_});
    io_.restart();
    asio::co_spawn(io_, perform(job), asio::bind_cancellation_slot(outcome->give_up.slot(), keep));
    const auto deadline = std::chrono::steady_clock::now() + options_.patience;
    // Set before stop() and read after restart(): a cancel() at any moment is seen by one of both.
    while (!cancelled_ && !outcome->result && io_.run_one_until(deadline) > 0) {
    }
    if (outcome->result) return std::move(*outcome->result);
    outcome->give_up.emit(asio::cancellation_type::terminal);
    io_.restart();
    io_.poll();
    if (cancelled_) return failed(cancelled, "the request was cancelled");
    return failed(
        timeout,
        "there was no whole answer within " + std::to_string(options_.patience.count()) + " ms");
}

void HttpClient::cancel() {
    cancelled_ = true;
    io_.stop();
}

}  // namespace rotacast::net
