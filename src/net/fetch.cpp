#include "net/fetch.hpp"

#include "base/version.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <optional>
#include <utility>

namespace rotacast::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace ssl = asio::ssl;
using asio::ip::tcp;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

Error failed(std::string message) {
    return {ErrorCode::unavailable, std::move(message), ""};
}

/// RFC 7617.
std::string basic_authorization(const std::string& user_and_password) {
    std::string coded(4 * ((user_and_password.size() + 2) / 3) + 1, '\0');
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(coded.data()),
                        reinterpret_cast<const unsigned char*>(user_and_password.data()),
                        static_cast<int>(user_and_password.size()));
    coded.resize(static_cast<std::size_t>(size));
    return "Basic " + coded;
}

std::string host_header(const FetchAddress& address) {
    const bool is_v6 = address.host.find(':') != std::string::npos;
    return (is_v6 ? '[' + address.host + ']' : address.host) + ':' + address.port;
}

Error refused_answer(const http::response<http::string_body>& response) {
    auto message = "the server answered with status " + std::to_string(response.result_int());
    if (http::to_status_class(response.result()) == http::status_class::redirection)
        message += "; redirects are not followed";
    return failed(std::move(message));
}

template <class Stream>
asio::awaitable<Result<std::string>> exchange(Stream& stream,
                                              const FetchAddress& address,
                                              std::size_t body_bytes_max) {
    http::request<http::empty_body> request(http::verb::get, address.target, 11);
    request.set(http::field::host, host_header(address));
    request.set(http::field::user_agent, "rotacast/" + std::string(version));
    request.set(http::field::accept, "application/jwk-set+json, application/json");
    request.set(http::field::connection, "close");
    if (!address.authorization.empty())
        request.set(http::field::authorization, address.authorization);
    const auto [unsent, sent] = co_await http::async_write(stream, request, as_result);
    if (unsent) co_return failed("the request could not be sent");

    beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.body_limit(body_bytes_max);
    const auto [unread, read] = co_await http::async_read(stream, buffer, parser, as_result);
    if (unread == http::error::body_limit)
        co_return failed("the document is larger than " + std::to_string(body_bytes_max) +
                         " bytes");
    if (unread) co_return failed("the answer is broken off or no HTTP");
    if (parser.get().result() != http::status::ok) co_return refused_answer(parser.get());
    co_return std::move(parser.get().body());
}

Error untrusted(SSL* session) {
    const auto verdict = SSL_get_verify_result(session);
    if (verdict == X509_V_OK) return failed("TLS could not be agreed on");
    return failed(std::string("its certificate is not trusted: ") +
                  X509_verify_cert_error_string(verdict));
}

asio::awaitable<Result<std::string>> exchange_by_tls(tcp::socket socket,
                                                     const FetchAddress& address,
                                                     std::size_t body_bytes_max) {
    ssl::context context(ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
    beast::error_code unreadable;
    context.set_default_verify_paths(unreadable);
    if (unreadable) co_return failed("the system's certificates cannot be read");
    ssl::stream<tcp::socket> stream(std::move(socket), context);
    stream.set_verify_mode(ssl::verify_peer);
    stream.set_verify_callback(ssl::host_name_verification(address.host));
    beast::error_code no_address;
    asio::ip::make_address(address.host, no_address);
    if (no_address)  // RFC 6066 §3: names only
        SSL_set_tlsext_host_name(stream.native_handle(), address.host.c_str());
    const auto [failure] = co_await stream.async_handshake(ssl::stream_base::client, as_result);
    if (failure) co_return untrusted(stream.native_handle());
    co_return co_await exchange(stream, address, body_bytes_max);
}

asio::awaitable<Result<std::string>> fetch(FetchAddress address, std::size_t body_bytes_max) {
    const auto executor = co_await asio::this_coro::executor;
    tcp::resolver resolver(executor);
    const auto [unresolved, endpoints] =
        co_await resolver.async_resolve(address.host, address.port, as_result);
    if (unresolved) co_return failed("the server's name cannot be resolved");
    tcp::socket socket(executor);
    const auto [unreached, endpoint] = co_await asio::async_connect(socket, endpoints, as_result);
    if (unreached) co_return failed("the server cannot be reached");
    if (address.secure)
        co_return co_await exchange_by_tls(std::move(socket), address, body_bytes_max);
    co_return co_await exchange(socket, address, body_bytes_max);
}

/// Shared with the coroutine, which a slow resolver may keep longer than the get() that began it.
struct Outcome {
    std::optional<Result<std::string>> result;
    asio::cancellation_signal give_up;
};

}  // namespace

Result<FetchAddress> parse_fetch_url(std::string_view url) {
    const Error refused{
        ErrorCode::config_invalid, "must be http://HOST/PATH or https://HOST/PATH", ""};
    const auto parsed = boost::urls::parse_uri({url.data(), url.size()});
    if (!parsed || parsed->host().empty()) return refused;
    const auto scheme = parsed->scheme_id();
    if (scheme != boost::urls::scheme::http && scheme != boost::urls::scheme::https) return refused;
    FetchAddress address;
    address.secure = scheme == boost::urls::scheme::https;
    address.host = parsed->host_address();
    const std::string default_port = address.secure ? "443" : "80";
    address.port = parsed->port().empty() ? default_port : std::string(parsed->port());
    address.target = std::string(parsed->encoded_target());
    if (!address.target.starts_with('/')) address.target.insert(0, 1, '/');
    if (parsed->has_userinfo()) address.authorization = basic_authorization(parsed->userinfo());
    address.shown = std::string(parsed->scheme()) + "://" +
                    std::string(parsed->encoded_host_and_port()) +
                    std::string(parsed->encoded_path());
    return address;
}

Result<std::string> Fetch::get(const FetchAddress& address) {
    const auto outcome = std::make_shared<Outcome>();
    const auto keep = [outcome](const std::exception_ptr& broken, Result<std::string> result) {
        outcome->result = broken ? failed("the fetch was given up") : std::move(result);
    };
    io_.restart();
    asio::co_spawn(io_,
                   fetch(address, limits_.body_bytes_max),
                   asio::bind_cancellation_slot(outcome->give_up.slot(), keep));
    const auto deadline = std::chrono::steady_clock::now() + limits_.patience;
    // Set before stop() and read after restart(): a cancel() at any moment is seen by one of both.
    while (!cancelled_ && !outcome->result && io_.run_one_until(deadline) > 0) {
    }
    if (outcome->result) return std::move(*outcome->result);
    outcome->give_up.emit(asio::cancellation_type::terminal);
    io_.restart();
    io_.poll();
    if (cancelled_) return failed("the fetch was cancelled");
    return failed("there was no whole answer within " + std::to_string(limits_.patience.count()) +
                  " ms");
}

void Fetch::cancel() {
    cancelled_ = true;
    io_.stop();
}

}  // namespace rotacast::net
