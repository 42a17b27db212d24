#include "webhooks/secret.hpp"

#include "auth/base64url.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <optional>

namespace rotacast::webhooks {
namespace {

constexpr std::string_view prefix = "whsec_";

/// nullopt unless the text is padded to its full length (RFC 4648 §4).
std::optional<std::string> decode_base64(std::string_view text) {
    if (text.size() % 4 != 0 || text.find_first_of("-_") != std::string_view::npos)
        return std::nullopt;
    std::string other_alphabet(text);
    std::ranges::replace(other_alphabet, '+', '-');
    std::ranges::replace(other_alphabet, '/', '_');
    return auth::decode_base64url(other_alphabet);
}

}  // namespace

Result<std::string> random_secret() {
    std::array<std::uint8_t, 32> random{};
    if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1)
        return Error{ErrorCode::internal, "The random generator is not available.", ""};
    return std::string(prefix) + encode_base64(random);
}

std::string standard_key_of(std::string_view secret) {
    if (secret.starts_with(prefix))
        if (auto key = decode_base64(secret.substr(prefix.size()))) return std::move(*key);
    return std::string(secret);
}

std::string encode_base64(std::span<const std::uint8_t> bytes) {
    auto text = auth::encode_base64url(bytes);
    std::ranges::replace(text, '-', '+');
    std::ranges::replace(text, '_', '/');
    text.resize((text.size() + 3) / 4 * 4, '=');
    return text;
}

}  // namespace rotacast::webhooks
