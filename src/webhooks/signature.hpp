#pragma once

// Signs requests, so that receivers can verify their origin and reject old ones, in two ways:
//
//   ours                `Rotacast-Signature: t=<unix seconds>,v1=<hex>` with the HMAC-SHA256 (RFC
//                       2104) of `<t>.<body>`
//   Standard Webhooks   `webhook-id`, `webhook-timestamp` (unix seconds) and
//                       `webhook-signature: v1,<base64>` with the HMAC-SHA256 of
//                       `<id>.<timestamp>.<body>` (https://www.standardwebhooks.com)
//
// While a secret is being replaced there are two `v1`, one per secret; one valid signature
// suffices.

#include "base/time.hpp"

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace rotacast::webhooks {

inline constexpr std::string_view signature_header = "Rotacast-Signature";

/// The header's value. `secrets`: one or two.
std::string sign(std::span<const std::string> secrets, Timestamp time, std::string_view body);

/// The value of `webhook-signature`: signatures separated by blanks. `id` contains no dot.
std::string standard_sign(std::span<const std::string> secrets,
                          std::string_view id,
                          Timestamp time,
                          std::string_view body);

std::int64_t unix_seconds(Timestamp time);

/// For receivers: whether one `v1` of `header` is valid and its time is within `tolerance` of
/// `now`. Compares signatures in constant time.
bool verify(std::string_view header,
            std::string_view body,
            std::string_view secret,
            Timestamp now,
            std::chrono::seconds tolerance = std::chrono::minutes(5));

}  // namespace rotacast::webhooks
