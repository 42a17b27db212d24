#include "net/intake_client.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/http.hpp>

#include <charconv>
#include <cstdint>
#include <tuple>
#include <utility>

namespace rotacast::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

constexpr std::chrono::seconds patience{10};
constexpr std::size_t reply_bytes_max = 1 << 20;  // receipts of 365 events take about 50 KB

std::optional<std::uint16_t> whole_number(std::string_view text) {
    std::uint16_t value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// HOST and PORT of `http://HOST:PORT`, HOST perhaps in brackets; empty when it is not that.
std::pair<std::string, std::string> split(std::string_view url) {
    constexpr std::string_view scheme = "http://";
    if (!url.starts_with(scheme)) return {};
    url.remove_prefix(scheme.size());
    const auto colon = url.rfind(':');
    if (colon == std::string_view::npos) return {};
    auto host = url.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    return {std::string(host), std::string(url.substr(colon + 1))};
}

Error no_answer() {
    return {ErrorCode::unavailable, "The server does not answer.", ""};
}

}  // namespace

IntakeClient::IntakeClient(std::string_view url, std::string api_key)
    : api_key_(std::move(api_key)) {
    std::tie(host_, port_) = split(url);
}

Result<HttpReply> IntakeClient::post(std::string_view target,
                                     std::string_view idempotency_key,
                                     std::string body) {
    const bool was_connected = connected_;
    auto reply = exchange(target, idempotency_key, body);
    // A kept connection may have been closed by the server meanwhile; the key makes it safe to
    // send the same request again.
    if (!reply && was_connected) reply = exchange(target, idempotency_key, body);
    return reply;
}

void IntakeClient::cancel() {
    cancelled_ = true;
    io_.stop();
}

Result<HttpReply> IntakeClient::exchange(std::string_view target,
                                         std::string_view idempotency_key,
                                         const std::string& body) {
    if (cancelled_ || (!connected_ && !connect())) return no_answer();
    connected_ = false;  // until the answer has come whole
    http::request<http::string_body> request(http::verb::post, {target.data(), target.size()}, 11);
    request.set(http::field::host, host_ + ":" + port_);
    request.set(http::field::user_agent, "rotacast");
    request.set(http::field::content_type, "application/json");
    request.set("X-API-Key", api_key_);
    request.set("Idempotency-Key", {idempotency_key.data(), idempotency_key.size()});
    request.body() = body;
    request.prepare_payload();
    http::response_parser<http::string_body> parser;
    parser.body_limit(reply_bytes_max);
    auto result = asio::error::make_error_code(asio::error::would_block);
    stream_.expires_after(patience);
    http::async_write(stream_, request, [&](beast::error_code failure, std::size_t) {
        if (failure) {
            result = failure;
            return;
        }
        http::async_read(
            stream_, buffer_, parser, [&](beast::error_code read_failure, std::size_t) {
                result = read_failure;
            });
    });
    if (!run(result)) return no_answer();
    connected_ = parser.get().keep_alive();
    const auto retry_after = parser.get()[http::field::retry_after];
    HttpReply reply;
    reply.status = static_cast<int>(parser.get().result_int());
    if (const auto wait = whole_number({retry_after.data(), retry_after.size()}))
        reply.retry_after = std::chrono::seconds(*wait);
    reply.body = std::move(parser.get().body());
    return reply;
}

bool IntakeClient::connect() {
    beast::error_code failure;
    const auto address = asio::ip::make_address(host_, failure);
    const auto port = whole_number(port_);
    if (failure || !port) return false;
    const asio::ip::tcp::endpoint endpoint(address, *port);
    buffer_.clear();
    stream_.close();
    auto result = asio::error::make_error_code(asio::error::would_block);
    stream_.expires_after(patience);
    stream_.async_connect(endpoint,
                          [&](beast::error_code connect_failure) { result = connect_failure; });
    connected_ = run(result);
    return connected_;
}

/// Runs what was started to its end. Whatever it refers to may go when this returns: after
/// cancel() too its handlers have run, with operation_aborted.
bool IntakeClient::run(beast::error_code& result) {
    // Set before stop() and read after restart(): a cancel() at any moment is seen by one of both.
    io_.restart();
    if (!cancelled_) io_.run();
    if (cancelled_) {
        stream_.close();
        io_.restart();
        io_.run();
    }
    return !result;
}

}  // namespace rotacast::net
