#pragma once

// Secrets of webhooks. `Rotacast-Signature` uses a secret's text as its key. Standard Webhooks
// (https://www.standardwebhooks.com) writes a key of any bytes as `whsec_` and base64; a secret of
// this form means these bytes there, and any other secret means its own bytes.

#include "base/error.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace rotacast::webhooks {

/// 32 random bytes in the form of Standard Webhooks. `internal` if the random generator fails.
Result<std::string> random_secret();

/// The key that signs by Standard Webhooks.
std::string standard_key_of(std::string_view secret);

/// RFC 4648 §4, with padding.
std::string encode_base64(std::span<const std::uint8_t> bytes);

}  // namespace rotacast::webhooks
