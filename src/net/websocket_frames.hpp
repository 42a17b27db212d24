#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "net/deflate.hpp"
#include "net/utf8.hpp"

/// RFC 6455 framing as a pure codec: octets in, events out; payload in, octets out. No socket, no
/// clock, no lock; an object must not be used by two threads at a time.
namespace rotacast::net {

/// RFC 6455 §5.2.
enum class Opcode : std::uint8_t {
    continuation = 0x0,
    text = 0x1,
    binary = 0x2,
    close = 0x8,
    ping = 0x9,
    pong = 0xA,
};

using MaskKey = std::array<std::uint8_t, 4>;

/// A control frame's payload (RFC 6455 §5.5), in octets.
inline constexpr std::size_t control_payload_bytes_max = 125;

/// The maximum of a close frame's reason: the payload of a control frame after the two octets of
/// the code.
inline constexpr std::size_t close_reason_bytes_max = control_payload_bytes_max - 2;

// ------------------------------------------------------------------------------------- reading

/// A whole message, with its fragments joined; text is valid UTF-8.
struct Message {
    Opcode opcode;  // text or binary
    std::string_view payload;
};

/// Must be answered by a pong with the same payload (§5.5.2).
struct Ping {
    std::string_view payload;
};

struct Pong {
    std::string_view payload;
};

/// The peer's close frame, already checked. Has no code (§7.1.5: 1005) if its body was empty.
struct Close {
    std::optional<std::uint16_t> code;
    std::string_view reason;
};

/// The connection must be failed with this code (§7.1.7): 1002 protocol error, 1007 text that is
/// not UTF-8 or a compressed message that is not DEFLATE (neither RFC names a code for that; it is
/// data "not consistent with the type of the message", §7.4.1), 1009 message too big. `reason` is a
/// literal and contains nothing of the payload.
struct ProtocolError {
    std::uint16_t close_code;
    std::string_view reason;
};

using FrameEvent = std::variant<Message, Ping, Pong, Close, ProtocolError>;

struct FrameLimits {
    /// A message with more octets in all its fragments is refused with 1009 as soon as a header
    /// announces it; a compressed one as soon as it inflates to more, whatever its compressed size.
    /// Also bounds the reader's memory.
    std::uint64_t max_message_bytes = 16U * 1024 * 1024;
};

/// Reads a client's frames on the server side. The events do not depend on how the stream is split.
///
/// The octets passed in are unmasked in place, and the views in an event point into them if the
/// whole payload is in one call: then nothing is copied or allocated. Incomplete messages are
/// gathered in memory of the reader: at most max_message_bytes and one control frame, allocated as
/// octets arrive (never for an announced length) and released when the message is finished.
///
/// If permessage-deflate was agreed on, without context takeover by the client (RFC 7692), a
/// compressed message is inflated and checked as it arrives, into the same memory; until it is
/// finished the reader holds up to Inflater::memory_bytes_max more.
///
/// After Close or ProtocolError nothing more is read: further octets are dropped.
class FrameReader {
  public:
    /// `deflate`: permessage-deflate was agreed on.
    explicit FrameReader(FrameLimits limits = {}, bool deflate = false) noexcept
        : limits_(limits), deflate_(deflate) {}

    /// Consumes octets from the front of `bytes` up to the next event; nullopt when `bytes` is used
    /// up. The views in the event are valid until the next call and as long as the octets passed
    /// in.
    std::optional<FrameEvent> next(std::span<std::uint8_t>& bytes);

    /// Calls `on_event(const FrameEvent&)` for each event in `bytes`. It must not destroy or feed
    /// this reader; for that, use next().
    template <typename OnEvent>
    void feed(std::span<std::uint8_t> bytes, OnEvent&& on_event) {
        while (const auto event = next(bytes)) on_event(*event);
    }

    /// Heap memory held for an incomplete message or control frame, in octets; zlib's memory is
    /// counted at its bound. 0 when idle.
    std::size_t buffered_bytes() const noexcept;

    /// True after Close or ProtocolError.
    bool stopped() const noexcept { return stopped_; }

  private:
    struct Gathered;
    struct Deleter {
        void operator()(Gathered* gathered) const noexcept;
    };

    std::optional<ProtocolError> read_header(std::span<std::uint8_t>& bytes);
    std::optional<ProtocolError> start_frame();
    std::optional<FrameEvent> read_payload(std::span<std::uint8_t>& bytes);
    std::optional<FrameEvent> read_data(std::string_view chunk);
    std::optional<FrameEvent> read_deflated(std::string_view chunk);
    std::optional<ProtocolError> inflate(std::string_view chunk);
    std::optional<ProtocolError> finish_inflating();
    std::optional<FrameEvent> read_control(std::string_view chunk);
    FrameEvent stop(FrameEvent last);
    void release_delivered() noexcept;

    std::optional<ProtocolError> check_start() const;
    bool has_reserved_bit() const noexcept;
    Message finished_message();
    std::size_t header_size() const noexcept;
    std::uint64_t announced_size() const noexcept;
    Opcode opcode() const noexcept { return static_cast<Opcode>(header_[0] & 0x0FU); }
    bool final() const noexcept { return (header_[0] & 0x80U) != 0; }
    bool control() const noexcept { return (header_[0] & 0x08U) != 0; }
    bool rsv1() const noexcept { return (header_[0] & 0x40U) != 0; }
    bool in_message() const noexcept { return message_opcode_ != Opcode::continuation; }
    Gathered& gathered();

    FrameLimits limits_;
    std::unique_ptr<Gathered, Deleter> gathered_;
    std::uint64_t payload_left_ = 0;  // of the frame in progress
    MaskKey mask_{};                  // rotated so that it starts at the next payload octet
    std::array<std::uint8_t, 14> header_{};
    std::uint8_t header_filled_ = 0;
    bool in_payload_ = false;
    bool stopped_ = false;
    bool deflate_ = false;           // agreed on
    bool message_deflated_ = false;  // the one in progress
    // Whether gathered_ holds the event just returned, to be released at the next call.
    bool message_delivered_ = false;
    bool control_delivered_ = false;
    Opcode message_opcode_ = Opcode::continuation;  // continuation: no message in progress
    Utf8Validator text_;
};

/// Whether a close frame may contain `code` (§7.4): 1000 to 1003, 1007 to 1014 (the registered
/// ones, except those that are never sent), 3000 to 4999.
bool is_valid_close_code(std::uint16_t code) noexcept;

// ------------------------------------------------------------------------------------- writing

/// A frame's header, ready to be sent before its payload.
struct FrameHeader {
    std::array<char, 14> octets;
    std::uint8_t size;

    std::string_view view() const noexcept { return {octets.data(), size}; }
};

/// The header of an unfragmented, unmasked (server) frame. `rsv1` marks a compressed message (RFC
/// 7692).
FrameHeader frame_header(Opcode opcode, std::size_t payload_size, bool rsv1 = false) noexcept;

/// Appends an unfragmented server frame. A control frame's payload must not exceed
/// control_payload_bytes_max.
void append_frame(std::string& out, Opcode opcode, std::string_view payload, bool rsv1 = false);

/// Appends a whole message for peers that agreed on `options`: compressed if it reaches the
/// threshold and becomes smaller, else plain.
void append_message(std::string& out,
                    Opcode opcode,
                    std::string_view payload,
                    const DeflateOptions& options);

std::string make_frame(Opcode opcode, std::string_view payload, bool rsv1 = false);

/// A server's close frame; `reason` (UTF-8) is cut to close_reason_bytes_max between code points.
/// The response to a close without a code is make_frame(Opcode::close, {}).
std::string close_frame(std::uint16_t code, std::string_view reason = {});

/// Appends a client's frame, for tests and load generators. Header fields are written as given, so
/// that invalid frames can be made.
void append_masked_frame(std::string& out,
                         Opcode opcode,
                         std::string_view payload,
                         MaskKey mask,
                         bool final = true,
                         bool rsv1 = false);

/// Masks or unmasks (§5.3); the key starts at the first octet.
void apply_mask(std::span<std::uint8_t> octets, MaskKey mask) noexcept;

}  // namespace rotacast::net
