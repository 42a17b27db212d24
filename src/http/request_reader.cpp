#include "http/request_reader.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/rfc7230.hpp>

#include "net/as_result.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace rotacast::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t read_bytes = 16 * 1024;
// Who is silent for so long has the response and does not mean to close; who still sends may be
// slow. Apache has the same two.
constexpr milliseconds linger_silence_max{2'000};
constexpr milliseconds linger_time_max{30'000};
// Or as much as a body may have, if that is more.
constexpr std::uint64_t linger_bytes_max = 8 * 1024 * 1024;

/// Beast takes a message whose transfer codings it does not know for one without a body, and would
/// then take the body for the next request. RFC 9112 §6.1, §6.3.
std::optional<Response> check_transfer_coding(const Request& head) {
    if (head.count(field::transfer_encoding) == 0) return std::nullopt;
    const auto codings = joined_lines(head, field::transfer_encoding, ", ");
    if (head.version() >= 11 && boost::beast::iequals(codings, "chunked")) return std::nullopt;
    const beast::http::token_list list(codings);
    const auto chunked = std::ranges::count_if(
        list, [](std::string_view coding) { return boost::beast::iequals(coding, "chunked"); });
    std::string_view last;
    for (const std::string_view coding : list) last = coding;
    if (head.version() >= 11 && chunked == 1 && boost::beast::iequals(last, "chunked"))
        return refusal(status::not_implemented,
                       "Of the transfer codings only `chunked` is known here.");
    return refusal(status::bad_request,
                   "The last transfer coding must be `chunked`, once, in HTTP/1.1.");
}

bool expects_continue(const Request& request) {
    return request.version() >= 11 && boost::beast::iequals(request[field::expect], "100-continue");
}

}  // namespace

asio::awaitable<bool> RequestReader::wait_for_request() {
    parser_.reset();
    if (buffer_.size() == 0) {
        buffer_.shrink_to_fit();
        waiting_ = true;
        const auto failed = co_await read_more();
        waiting_ = false;
        if (failed) co_return false;
    }
    deadline_.set(limits_.header_timeout);
    co_return true;
}

asio::awaitable<RequestHead> RequestReader::read_head() {
    parser_.emplace();
    parser_->header_limit(limits_.header_bytes_max);
    // The length of a body is checked when it is read, because Beast would not finish the head.
    parser_->body_limit(boost::none);
    RequestHead head;
    head.refusal = co_await read_header();
    if (!head.refusal && parser_->get().version() >= 11 && parser_->get().count(field::host) != 1)
        head.refusal = refusal(status::bad_request, "Send one Host header.");
    if (!head.refusal) head.refusal = check_transfer_coding(parser_->get());
    if (!head.refusal && body_is_at_hand())
        head.refusal = co_await read_rest(limits_.body_bytes_max);
    deadline_.clear();
    head.request = Request(std::move(parser_->get().base()));
    if (parser_->is_done()) head.request.body() = std::move(parser_->get().body());
    co_return head;
}

asio::awaitable<std::optional<Response>> RequestReader::read_body(Request& request,
                                                                  std::uint64_t bytes_max) {
    bytes_max = std::min(bytes_max, limits_.body_bytes_max);
    const auto length = parser_->content_length();
    if (length && *length > bytes_max) co_return body_too_large(bytes_max);
    parser_->body_limit(bytes_max);
    deadline_.set(limits_.body_timeout);
    if (expects_continue(request) && buffer_.size() == 0) {
        const auto failed = co_await stream_.write_all("HTTP/1.1 100 Continue\r\n\r\n");
        gone_ = failed.failed();
    }
    Refusal refused;
    if (!gone_) refused = co_await read_rest(bytes_max);
    deadline_.clear();
    if (gone_) co_return refusal(status::bad_request, "The body did not come.");
    if (!refused) request.body() = std::move(parser_->get().body());
    co_return refused;
}

asio::awaitable<RequestReader::Refusal> RequestReader::read_header() {
    while (true) {
        net::error_code error;
        buffer_.consume(parser_->put(buffer_.data(), error));
        if (error && error != beast::http::error::need_more)
            co_return refusal_of(error, limits_.body_bytes_max);
        if (parser_->is_header_done()) co_return std::nullopt;
        const auto failed = co_await read_more();
        if (failed) co_return late("The headers did not come in time.");
    }
}

bool RequestReader::body_is_at_hand() const {
    const auto length = parser_->content_length();
    return body_left() && length && *length <= limits_.body_bytes_max && *length <= buffer_.size();
}

asio::awaitable<RequestReader::Refusal> RequestReader::read_rest(std::uint64_t bytes_max) {
    parser_->eager(true);
    while (true) {
        net::error_code error;
        if (buffer_.size() > 0) buffer_.consume(parser_->put(buffer_.data(), error));
        if (error && error != beast::http::error::need_more) co_return refusal_of(error, bytes_max);
        if (parser_->is_done()) co_return std::nullopt;
        const auto failed = co_await read_more();
        if (failed) co_return late("The body did not come in time.");
    }
}

asio::awaitable<net::error_code> RequestReader::read_more() {
    while (true) {
        const auto [failed] = co_await stream_.wait_readable(net::as_result);
        if (failed) co_return failed;
        if (deadline_.passed()) co_return asio::error::operation_aborted;
        const auto room = buffer_.prepare(read_bytes);
        const net::IoStep step =
            stream_.read_some({static_cast<std::uint8_t*>(room.data()), room.size()});
        buffer_.commit(step.bytes);
        if (step.bytes > 0) co_return net::error_code{};
        if (step.error) co_return step.error;
    }
}

Response RequestReader::refusal_of(net::error_code error, std::uint64_t body_bytes_max) const {
    if (error == beast::http::error::header_limit)
        return refusal(status::request_header_fields_too_large,
                       "Request line and headers exceed " +
                           std::to_string(limits_.header_bytes_max) + " bytes.");
    if (error == beast::http::error::body_limit) return body_too_large(body_bytes_max);
    return refusal(status::bad_request, "This is not valid HTTP: " + error.message() + ".");
}

Response RequestReader::late(const char* what) {
    gone_ = !deadline_.passed();
    return refusal(status::request_timeout, what);
}

asio::awaitable<void> RequestReader::linger(std::span<std::uint8_t> scratch) {
    const auto end = steady_clock::now() + linger_time_max;
    stream_.shutdown_send();
    co_await drop(std::max(linger_bytes_max, limits_.body_bytes_max), end, scratch);
}

asio::awaitable<void> RequestReader::drop(std::uint64_t bytes_max,
                                          steady_clock::time_point end,
                                          std::span<std::uint8_t> scratch) {
    for (std::uint64_t taken = 0; taken < bytes_max;) {
        const auto left = std::chrono::ceil<milliseconds>(end - steady_clock::now());
        deadline_.set(std::min(linger_silence_max, left));
        const auto [failed] = co_await stream_.wait_readable(net::as_result);
        if (failed || deadline_.passed()) co_return;
        const net::IoStep step = stream_.read_some(scratch);
        if (step.error) co_return;
        taken += step.bytes;
    }
}

}  // namespace rotacast::http
