#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace rotacast::net {

/// Validates UTF-8 (RFC 3629) as it arrives, however it is split, and refuses at the first octet
/// that cannot belong to any valid text: no overlong forms, no surrogates, nothing above U+10FFFF.
///
/// Three octets of state, no allocation, not thread-safe. After a refusal everything is refused
/// until reset().
class Utf8Validator {
  public:
    /// Checks the next octets of the text; returns false from the first impossible octet on.
    bool feed(std::string_view text) noexcept;

    /// True if everything fed so far is valid and ends between two code points.
    bool complete() const noexcept { return missing_ == 0; }

    void reset() noexcept { *this = Utf8Validator{}; }

  private:
    bool start_sequence(std::uint8_t lead) noexcept;

    // Continuation octets still missing (0 to 3), or `refused`.
    std::uint8_t missing_ = 0;
    // Range of the next continuation octet. Only the second octet of a sequence may have a narrower
    // one than 80..BF.
    std::uint8_t low_ = 0x80;
    std::uint8_t high_ = 0xBF;
};

/// Whether `text` is valid UTF-8 as a whole.
bool is_valid_utf8(std::string_view text) noexcept;

/// The longest prefix of `text` of at most `size_max` octets that does not split a code point.
/// `text` must be valid UTF-8.
std::string_view utf8_prefix(std::string_view text, std::size_t size_max) noexcept;

}  // namespace rotacast::net
