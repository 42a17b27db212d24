#pragma once

// Base64url (RFC 4648 §5), padded or not.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace rotacast::auth {

/// One octet or more, whole. The JOSE library ends the process over some texts that are not.
bool is_base64url(std::string_view text);

std::string_view without_padding(std::string_view text);

/// Without padding.
std::string encode_base64url(std::span<const std::uint8_t> bytes);

/// nullopt when it is none.
std::optional<std::string> decode_base64url(std::string_view text);

}  // namespace rotacast::auth
