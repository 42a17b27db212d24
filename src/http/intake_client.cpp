#include "http/intake_client.hpp"

#include <charconv>
#include <cstdint>
#include <utility>

namespace rotacast::http {
namespace {

constexpr std::size_t reply_bytes_max = 1 << 20;  // receipts of 365 events take about 50 KB

ClientOptions client_options() {
    ClientOptions options;
    options.body_bytes_max = reply_bytes_max;
    options.patience = std::chrono::seconds(10);
    options.keeps_connection = true;
    return options;
}

std::optional<std::uint16_t> whole_number(std::string_view text) {
    std::uint16_t value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

Error no_answer() {
    return {ErrorCode::unavailable, "The server does not answer.", ""};
}

}  // namespace

IntakeClient::IntakeClient(std::string_view url, std::string api_key)
    : api_key_(std::move(api_key)), client_(client_options()) {
    if (auto parsed = parse_url(url)) server_ = std::move(*parsed);
}

Result<IntakeReply> IntakeClient::post(std::string_view target,
                                       std::string_view idempotency_key,
                                       std::string body) {
    if (!server_) return no_answer();
    ClientRequest request{*server_, http::verb::post};
    request.url.target = target;
    request.headers = {{"Content-Type", "application/json"},
                       {"X-API-Key", api_key_},
                       {"Idempotency-Key", std::string(idempotency_key)}};
    request.body = std::move(body);
    auto response = client_.send(std::move(request));
    if (!response) return no_answer();
    IntakeReply reply;
    reply.status = static_cast<int>(response->status);
    const auto retry_after = response->headers[http::field::retry_after];
    if (const auto wait = whole_number({retry_after.data(), retry_after.size()}))
        reply.retry_after = std::chrono::seconds(*wait);
    reply.body = std::move(response->body);
    return reply;
}

}  // namespace rotacast::http
