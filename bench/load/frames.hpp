#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace rotacast::bench {

enum class Opcode : std::uint8_t {
    continuation = 0,
    text = 1,
    binary = 2,
    close = 8,
    ping = 9,
    pong = 10,
};

struct ServerFrame {
    Opcode opcode;
    std::uint64_t payload_bytes;
    std::uint64_t wire_bytes;
    /// the first bytes of the payload, as many as the scanner keeps; valid during the call only
    std::string_view head;
    bool compressed = false;  ///< RSV1 (RFC 7692 §6)
};

/// A client frame, masked with a zero key: RFC 6455 §5.3 requires a mask, and the server unmasks it
/// as any other. `payload` must be shorter than 65,536 bytes.
[[nodiscard]] std::string client_frame(Opcode opcode, std::string_view payload);

/// Finds the frames (RFC 6455 §5.2) in a server's byte stream and keeps only the first bytes of
/// each payload. The stream may be split anywhere between calls.
class FrameScanner {
  public:
    static constexpr std::size_t control_max = 125;  // a control frame's payload fits completely

    explicit FrameScanner(std::size_t head_max = control_max) : head_max_(head_max) {}

    /// Calls `on_frame(const ServerFrame&)` for each frame that `bytes` completes.
    template <class OnFrame>
    void feed(std::string_view bytes, OnFrame&& on_frame) {
        while (!bytes.empty()) {
            if (!in_payload_ && !take_header(bytes)) return;
            const std::string_view part = bytes.substr(0, std::min(bytes.size(), remaining_));
            bytes.remove_prefix(part.size());
            remaining_ -= part.size();
            if (remaining_ > 0) {
                keep(part);
                return;
            }
            in_payload_ = false;
            if (kept_.empty()) {
                on_frame(frame(part.substr(0, head_max_)));
            } else {
                keep(part);
                on_frame(frame(kept_));
                kept_.clear();
            }
        }
    }

  private:
    /// Consumes header bytes; returns true once the header is complete.
    bool take_header(std::string_view& bytes);
    void keep(std::string_view part) {
        kept_.append(part.substr(0, head_max_ - std::min(head_max_, kept_.size())));
    }
    [[nodiscard]] ServerFrame frame(std::string_view head) const {
        return {opcode_, payload_bytes_, payload_bytes_ + header_bytes_, head, compressed_};
    }

    std::size_t head_max_;
    std::string header_;
    std::string kept_;
    std::uint64_t payload_bytes_ = 0;
    std::size_t remaining_ = 0;
    std::uint8_t header_bytes_ = 0;
    Opcode opcode_ = Opcode::text;
    bool in_payload_ = false;
    bool compressed_ = false;
};

}  // namespace rotacast::bench
