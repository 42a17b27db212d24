#pragma once

// Bodies that come compressed (Content-Encoding, RFC 9110 §8.4).

#include "http/message.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace rotacast::http {

/// A refusal (415, with Accept-Encoding: gzip; RFC 9110 §12.5.3) if the body of `request` is
/// encoded otherwise than with gzip, which may be spelt x-gzip, or more than once. Looks at the
/// head only.
std::optional<Response> check_content_encoding(const Request& request);

/// Replaces the body by what it encodes, and removes Content-Encoding. Returns a refusal if that is
/// not complete gzip (400) or inflates to more than `bytes_max` (413). Call it after
/// check_content_encoding; without an encoding it does nothing.
///
/// At most `bytes_max` are inflated, whatever the body announces, so a small body that would become
/// a large one costs little time and memory.
std::optional<Response> decode_content(Request& request, std::uint64_t bytes_max);

enum class Inflated { whole, corrupt, truncated, too_large };

/// Inflates gzip (RFC 1952), which may consist of several members (§2.2), with nothing behind them.
/// `to` is meaningful only if the result is `whole`.
Inflated inflate_gzip(std::string_view octets, std::uint64_t bytes_max, std::string& to);

}  // namespace rotacast::http
