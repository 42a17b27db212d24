#pragma once

// How a receiver knows that a request comes from us and is no repetition from long ago: the header
// `Rotacast-Signature: t=<unix seconds>,v1=<hex>` with HMAC-SHA256 (RFC 2104) of `<t>.<body>`.
// While a secret is being replaced there are two `v1`, one by each secret; one that fits suffices.

#include "base/time.hpp"

#include <chrono>
#include <span>
#include <string>
#include <string_view>

namespace rotacast::webhooks {

inline constexpr std::string_view signature_header = "Rotacast-Signature";

/// The header's value. `secrets`: one or two.
std::string sign(std::span<const std::string> secrets, Timestamp time, std::string_view body);

/// For receivers: whether one `v1` of `header` fits, and its time is no further from `now` than
/// `tolerance`. How long it takes does not depend on how much of a signature is right.
bool verify(std::string_view header,
            std::string_view body,
            std::string_view secret,
            Timestamp now,
            std::chrono::seconds tolerance = std::chrono::minutes(5));

}  // namespace rotacast::webhooks
