#pragma once

// Compresses and inflates messages for permessage-deflate (RFC 7692 §7.2), each message on its own:
// both sides of all connections work without context takeover (see deflate_negotiation).

#include "config/websocket.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace rotacast::net {

/// zlib compresses raw DEFLATE with windows of at least 2^9 octets; the maximum is 2^15.
inline constexpr std::uint8_t deflate_window_bits_min = 9;
inline constexpr std::uint8_t deflate_window_bits_max = 15;

/// Options of one endpoint; all its connections share compressed frames.
struct DeflateOptions {
    bool enabled = config::Deflate{}.enabled == "on";
    /// The window for sending, deflate_window_bits_min to _max. Each message starts with an empty
    /// one, and few are longer than 4 KB; clients that limit it further are sent uncompressed
    /// messages.
    std::uint8_t window_bits = static_cast<std::uint8_t>(config::Deflate{}.window_bits);
    /// Shorter messages, in octets, are not compressed: that would save less than it costs.
    std::size_t threshold_bytes = config::Deflate{}.threshold_bytes;
};

/// Returns `payload` compressed as the payload of a message, §7.2.1; nullopt if that would not be
/// smaller. The view is valid until the thread's next call. Any thread; each thread keeps a
/// compressor per window size used (about 40 KB with 12 bits) and allocates only for a payload
/// larger than all before.
std::optional<std::string_view> deflated(std::string_view payload, std::uint8_t window_bits);

/// How often deflated() ran a compressor in this process, whatever the result. Any thread.
std::uint64_t deflated_messages() noexcept;

/// Inflates one compressed message as its octets arrive, §7.2.2. One object per message; not
/// thread-safe.
///
/// Always uses the largest window: with a smaller one it would depend on how the stream is split
/// whether zlib accepts a client that exceeds the negotiated window.
class Inflater {
  public:
    /// Bound on the memory of one inflater, in octets (zconf.h: the window and about 7 KB).
    static constexpr std::size_t memory_bytes_max = (1U << deflate_window_bits_max) + 8 * 1024;

    Inflater();
    ~Inflater();
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    struct Piece {
        std::string_view octets;  // at the start of `room`
        bool corrupt;             // after them the input is not valid DEFLATE
    };

    /// Consumes octets from the front of `input` and fills `room`, which must not be empty. As long
    /// as it fills all of `room` there may be more, even if `input` is empty.
    Piece next(std::string_view& input, std::span<char> room);

    /// What the sender left out at the end of the message; must be inflated unless ended().
    static constexpr std::string_view tail{"\x00\x00\xFF\xFF", 4};

    /// No input yet, or the last block was read (BFINAL, §7.2.3.4) and nothing after it. Then a
    /// message may end without the tail.
    bool ended() const noexcept { return ended_; }

    /// Whether the input consists of whole blocks up to an octet boundary, as it does after the
    /// tail.
    bool complete() const noexcept;

  private:
    struct State;
    std::unique_ptr<State> state_;
    bool ended_ = true;
};

}  // namespace rotacast::net
