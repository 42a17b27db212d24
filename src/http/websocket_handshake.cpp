#include "http/websocket_handshake.hpp"

#include <boost/beast/http/rfc7230.hpp>

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>

namespace rotacast::http {
namespace {

constexpr std::string_view handshake_guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

bool has_token(const Request& request, http::field field, std::string_view token) {
    const auto range = request.equal_range(field);
    return std::any_of(range.first, range.second, [&](const auto& line) {
        return beast::http::token_list{line.value()}.exists(token);
    });
}

bool is_base64(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/';
}

/// 16 octets in base64 (§4.1).
bool is_valid_key(std::string_view key) {
    return key.size() == 24 && key.ends_with("==") &&
           std::ranges::all_of(key.substr(0, 22), is_base64);
}

}  // namespace

bool asks_for_websocket(const Request& request) {
    return has_token(request, http::field::upgrade, "websocket");
}

std::optional<Response> check_handshake(const Request& request) {
    const auto bad = [](std::string message) {
        return refusal(http::status::bad_request, std::move(message));
    };
    if (request.method() != http::verb::get) return bad("A WebSocket handshake is a GET.");
    if (request.version() < 11) return bad("A WebSocket handshake needs HTTP/1.1.");
    if (!request.body().empty()) return bad("A WebSocket handshake has no body.");
    if (!has_token(request, http::field::connection, "upgrade")) {
        return bad("Send `Connection: Upgrade` in a WebSocket handshake.");
    }
    if (request[http::field::sec_websocket_version] != "13") {
        auto response =
            refusal(http::status::upgrade_required, "Send `Sec-WebSocket-Version: 13`.");
        response.set(http::field::sec_websocket_version, "13");
        response.set(http::field::upgrade, "websocket");  // RFC 9110 §15.5.22
        response.set(http::field::connection, "Upgrade");
        return response;
    }
    if (request.count(http::field::sec_websocket_key) != 1 ||
        !is_valid_key(request[http::field::sec_websocket_key])) {
        return bad("Send one Sec-WebSocket-Key: 16 random bytes in base64.");
    }
    return std::nullopt;
}

std::string accept_value(std::string_view key) {
    const std::string text = std::string(key) + std::string(handshake_guid);
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
    SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    std::array<unsigned char, 32> encoded{};
    const int size =
        EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(digest.size()));
    return {reinterpret_cast<const char*>(encoded.data()), static_cast<std::size_t>(size)};
}

Response switching_protocols(const Request& request, const UpgradeAccepted& accepted) {
    Response response{http::status::switching_protocols, 11};
    response.set(http::field::upgrade, "websocket");
    response.set(http::field::connection, "Upgrade");
    response.set(http::field::sec_websocket_accept,
                 accept_value(request[http::field::sec_websocket_key]));
    if (accepted.subprotocol) {
        response.set(http::field::sec_websocket_protocol, *accepted.subprotocol);
    }
    if (accepted.deflate) response.set(http::field::sec_websocket_extensions, *accepted.deflate);
    return response;
}

}  // namespace rotacast::http
