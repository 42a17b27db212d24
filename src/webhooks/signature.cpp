#include "webhooks/signature.hpp"

#include "base/hex.hpp"
#include "webhooks/secret.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <charconv>
#include <cstdint>

namespace rotacast::webhooks {
namespace {

using Digest = std::array<std::uint8_t, 32>;

Digest hmac_sha256(std::string_view key, std::string_view text) {
    Digest digest{};
    unsigned length = 0;
    HMAC(EVP_sha256(),
         key.data(),
         static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(text.data()),
         text.size(),
         digest.data(),
         &length);
    return digest;
}

std::string digest_of(std::string_view secret, std::string_view time, std::string_view body) {
    std::string text(time);
    text += '.';
    text += body;
    return to_hex(hmac_sha256(secret, text));
}

bool is_equal(std::string_view one, std::string_view other) {
    return one.size() == other.size() && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

bool is_near(std::string_view time, Timestamp now, std::chrono::seconds tolerance) {
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(time.data(), time.data() + time.size(), seconds);
    if (error != std::errc{} || end != time.data() + time.size()) return false;
    const auto present = unix_seconds(now);
    return seconds >= present - tolerance.count() && seconds <= present + tolerance.count();
}

/// Removes the part before the next comma from `rest` and returns it.
std::string_view next_part(std::string_view& rest) {
    const auto comma = rest.find(',');
    const auto part = rest.substr(0, comma);
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    return part;
}

}  // namespace

std::int64_t unix_seconds(Timestamp time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

std::string sign(std::span<const std::string> secrets, Timestamp time, std::string_view body) {
    const auto seconds = std::to_string(unix_seconds(time));
    auto header = "t=" + seconds;
    for (const auto& secret : secrets) header += ",v1=" + digest_of(secret, seconds, body);
    return header;
}

std::string standard_sign(std::span<const std::string> secrets,
                          std::string_view id,
                          Timestamp time,
                          std::string_view body) {
    std::string text(id);
    text += '.' + std::to_string(unix_seconds(time)) + '.';
    text += body;
    std::string header;
    for (const auto& secret : secrets) {
        if (!header.empty()) header += ' ';
        header += "v1," + encode_base64(hmac_sha256(standard_key_of(secret), text));
    }
    return header;
}

bool verify(std::string_view header,
            std::string_view body,
            std::string_view secret,
            Timestamp now,
            std::chrono::seconds tolerance) {
    constexpr std::string_view time_mark = "t=";
    constexpr std::string_view digest_mark = "v1=";
    const auto time = next_part(header);
    if (!time.starts_with(time_mark)) return false;
    const auto seconds = time.substr(time_mark.size());
    if (!is_near(seconds, now, tolerance)) return false;
    const auto expected = digest_of(secret, seconds, body);
    bool fits = false;
    while (!header.empty()) {
        const auto part = next_part(header);
        if (part.starts_with(digest_mark))
            fits |= is_equal(part.substr(digest_mark.size()), expected);
    }
    return fits;
}

}  // namespace rotacast::webhooks
