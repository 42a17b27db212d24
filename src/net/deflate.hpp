#pragma once

// Messages compressed and inflated as permessage-deflate asks (RFC 7692 §7.2), each by itself: both
// sides of all our connections work without context takeover (see deflate_negotiation).

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace rotacast::net {

/// zlib compresses raw DEFLATE with no smaller window than 2^9 octets, and none exceeds 2^15.
inline constexpr std::uint8_t deflate_window_bits_min = 9;
inline constexpr std::uint8_t deflate_window_bits_max = 15;

/// Of one endpoint; a compressed frame is shared by all its connections.
struct DeflateOptions {
    bool enabled = false;
    /// The window of what we send, deflate_window_bits_min to _max. Each message starts with an
    /// empty one, and few are longer than 4 KB; clients that bound it lower are served plain.
    std::uint8_t window_bits = 12;
    /// Messages of fewer octets go plain: they would save less than they cost.
    std::size_t threshold_bytes = 256;
};

/// `payload` as the payload of a compressed message, §7.2.1; nothing when that would not be
/// smaller. The view lives until the thread's next call. Any thread; each keeps a compressor per
/// window size that it was asked for (about 40 KB with 12 bits) and allocates only for a payload
/// that is larger than those before.
std::optional<std::string_view> deflated(std::string_view payload, std::uint8_t window_bits);

/// How often deflated() has compressed in this process, whatever came of it. Any thread.
std::uint64_t deflated_messages() noexcept;

/// Inflates one compressed message, as its octets come, §7.2.2. One object, one message, one
/// thread at a time.
///
/// The window is the largest whatever was negotiated: with a smaller one, zlib's verdict on a
/// client that exceeds it would depend on how the stream is split.
class Inflater {
  public:
    /// Bounds what one holds (zconf.h: the window and about 7 KB), in octets.
    static constexpr std::size_t memory_bytes_max = (1U << deflate_window_bits_max) + 8 * 1024;

    Inflater();
    ~Inflater();
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    struct Piece {
        std::string_view octets;  // at the front of `room`
        bool corrupt;             // behind them comes what is not DEFLATE
    };

    /// Takes octets off the front of `input` and fills `room`, which must not be empty. Until it
    /// leaves room unused there is more to come, even when `input` is used up.
    Piece next(std::string_view& input, std::span<char> room);

    /// What the sender left out at the end of the message; to be inflated unless ended().
    static constexpr std::string_view tail{"\x00\x00\xFF\xFF", 4};

    /// Nothing has come yet, or the last block came (BFINAL, §7.2.3.4) and nothing behind it. Then
    /// a message may end without the tail.
    bool ended() const noexcept { return ended_; }

    /// Whether all that came is whole blocks up to an octet's end, as it is behind the tail.
    bool complete() const noexcept;

  private:
    struct State;
    std::unique_ptr<State> state_;
    bool ended_ = true;
};

}  // namespace rotacast::net
