#pragma once

// Content negotiation: what the header fields Accept and Accept-Encoding of a request ask for (RFC
// 9110 §12.5). Pure. Takes time proportional to the field, and no memory.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace rotacast::http {

/// A weight in thousandths (RFC 9110 §12.4.2), from 0, which is a refusal, to quality_max.
using Quality = std::uint16_t;
inline constexpr Quality quality_max = 1'000;

// `accept` is all lines of the field, joined by commas (RequestContext::joined_header). A field
// that is absent or empty accepts everything. Its ranges are compared with what we offer:
//
// - The most exact range decides: `text/html`, then `text/*`, then `*/*`.
// - A type that is offered with parameters, `multipart/mixed;subscriptionSpec=1.0`, is another type
//   than the same without: a range names it only with these parameters. Other parameters of a range
//   do not matter, because there is nothing to choose by them.
// - Java sends `*` and `q=.2`: they mean what they seem to. Otherwise what is no range is as if it
//   were not there, and what is no weight as the default, 1.

/// How much the client wants this type; 0: not at all.
Quality quality_of(std::string_view accept, std::string_view media_type);

/// Whether a range names this type itself, without a wildcard, and does not refuse it.
bool names(std::string_view accept, std::string_view media_type);

/// The type that the client wants most, of those that we offer in our order of preference. Of
/// equals, the one whose range came first, then the one that we offer first. nullopt: none is
/// acceptable, which is status 406.
std::optional<std::string_view> best_of(std::string_view accept,
                                        std::span<const std::string_view> offered);

/// Whether a content coding is listed in an Accept-Encoding field, or `*` is, and is not refused. A
/// field that is absent asks for no coding.
bool accepts_coding(std::string_view accept_encoding, std::string_view coding);

}  // namespace rotacast::http
