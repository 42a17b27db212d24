#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace rotacast {

/// Two lower-case digits per byte.
std::string to_hex(std::span<const std::uint8_t> bytes);

}  // namespace rotacast
