#pragma once

// Signature algorithms that a token may carry (RFC 7518 §3.1). What is not in this list cannot be
// configured, and `none` has no name here. EdDSA is missing because the JOSE library lacks it
// (docs/adr/0007).

#include "base/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::auth {

enum class Algorithm : std::uint8_t { hs256, rs256, es256 };

/// `HS256` and so on; letter case counts.
std::string_view to_string(Algorithm algorithm);
std::optional<Algorithm> parse_algorithm(std::string_view name);

/// An allow-list as it is configured. Refused with config_invalid when it is empty or names what
/// is not known.
Result<std::vector<Algorithm>> parse_algorithms(const std::vector<std::string>& names);

}  // namespace rotacast::auth
