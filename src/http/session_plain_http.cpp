// HTTP that comes without TLS to a port that speaks TLS: 400, with a sentence that names the
// address to use instead. Not a redirect: a program would follow it, and so send its key or token
// in the clear first, each time, and nobody would notice (ADR 0051).

#include "http/session.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace rotacast::http {
namespace {

constexpr std::size_t host_bytes_max = 261;  // a name of 255, a colon and a port

/// A name or an address, perhaps with a port (RFC 9110 §7.2): enough of a check for a sentence.
bool is_host(std::string_view text) {
    return !text.empty() && text.size() <= host_bytes_max && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '-' || c == '_' || c == ':' || c == '[' || c == ']';
    });
}

/// Repeats the Host if it is one, and nothing else of the request: a path may contain a token.
Response use_tls(const beast::http::fields& head) {
    const auto given = head[field::host];
    const std::string_view host(given.data(), given.size());
    return refusal(status::bad_request,
                   "This port speaks TLS: use https://" +
                       (is_host(host) ? std::string(host) + "/" : "") +
                       ", and wss:// for WebSockets.");
}

}  // namespace

// The head is read to its end, so that the answer is not lost in a reset.
asio::awaitable<void> Session::refuse_plain_http() {
    const bool came = co_await wait_for_request();
    if (!came) co_return;
    Parser parser;
    parser.header_limit(options_->header_bytes_max);
    const auto over = co_await read_header(parser);
    clear_deadline();
    if (over && std::holds_alternative<End>(*over)) co_return;
    co_await refuse(use_tls(parser.get()), parser.get());
}

}  // namespace rotacast::http
