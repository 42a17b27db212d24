#pragma once

// Base64url (RFC 4648 §5), with or without padding.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace rotacast::auth {

/// Whether `text` encodes one or more whole octets. Check before calling the JOSE library, which
/// aborts the process on some invalid texts.
bool is_base64url(std::string_view text);

std::string_view without_padding(std::string_view text);

/// Encodes without padding.
std::string encode_base64url(std::span<const std::uint8_t> bytes);

/// nullopt if `text` is invalid.
std::optional<std::string> decode_base64url(std::string_view text);

}  // namespace rotacast::auth
