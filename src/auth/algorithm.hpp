#pragma once

// Signature algorithms that a token may use (RFC 7518 §3.1). Others cannot be configured, and
// `none` is not included. EdDSA is missing because the JOSE library lacks it (docs/adr/0007).

#include "base/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::auth {

enum class Algorithm : std::uint8_t { hs256, rs256, es256 };

/// `HS256` and so on; case-sensitive.
std::string_view to_string(Algorithm algorithm);
std::optional<Algorithm> parse_algorithm(std::string_view name);

/// Parses a configured allow-list. Errors: `config_invalid` if it is empty or has an unknown name.
Result<std::vector<Algorithm>> parse_algorithms(const std::vector<std::string>& names);

}  // namespace rotacast::auth
