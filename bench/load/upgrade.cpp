#include "load/upgrade.hpp"

namespace rotacast::bench {

namespace {

constexpr std::string_view sample_key = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view sample_accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

}  // namespace

std::string upgrade_request(std::string_view path,
                            std::string_view token,
                            std::string_view headers) {
    std::string request = "GET ";
    request.append(path).append("?token=").append(token);
    request.append(" HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n");
    request.append(headers).append("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ");
    return request.append(sample_key).append("\r\n\r\n");
}

std::optional<std::size_t> upgrade_answer_size(std::string_view bytes) {
    const auto end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    return end + 4;
}

bool upgrade_agreed(std::string_view answer) {
    return answer.starts_with("HTTP/1.1 101") &&
           answer.find(sample_accept) < answer.find("\r\n\r\n");
}

}  // namespace rotacast::bench
