// The frame reader with arbitrary bytes of a client. Byte 0 chooses how the rest is split (low
// seven bits) and the message limit (top bit); the remaining bytes are the stream. It is read by a
// plain connection and by one with permessage-deflate.
//
// Holds for every input: the events are the same however the stream is split; text is UTF-8; no
// message exceeds the limit; buffered data stays within the limit; nothing is buffered once the
// reader has stopped; nothing follows Close or ProtocolError.

#include "net/websocket_frames.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace {

using namespace rotacast::net;

void require(bool holds) {
    if (!holds) std::abort();
}

/// The events from one way of splitting, as text for comparison.
class Transcript {
  public:
    Transcript(std::uint64_t limit, bool deflate)
        : limit_(limit),
          buffered_max_(limit + control_payload_bytes_max +
                        (deflate ? Inflater::memory_bytes_max : 0)),
          reader_(FrameLimits{limit}, deflate) {}

    void feed(std::span<const std::uint8_t> octets) {
        std::vector<std::uint8_t> copy(octets.begin(), octets.end());
        reader_.feed(copy, [this](const FrameEvent& event) {
            require(!ended_);
            std::visit(*this, event);
        });
        require(reader_.stopped() == ended_);
        require(reader_.buffered_bytes() <= buffered_max_);
        require(!ended_ || reader_.buffered_bytes() == 0);
    }

    void operator()(const Message& message) {
        require(message.opcode == Opcode::text || message.opcode == Opcode::binary);
        require(message.payload.size() <= limit_);
        require(message.opcode == Opcode::binary || is_valid_utf8(message.payload));
        note('m', static_cast<unsigned>(message.opcode), message.payload);
    }
    void operator()(const Ping& ping) { note_control('i', ping.payload); }
    void operator()(const Pong& pong) { note_control('o', pong.payload); }
    void operator()(const Close& close) {
        require(!close.code || is_valid_close_code(*close.code));
        require(is_valid_utf8(close.reason));
        ended_ = true;
        note('c', close.code.value_or(0), close.reason);
    }
    void operator()(const ProtocolError& error) {
        ended_ = true;
        note('e', error.close_code, error.reason);
    }

    const std::string& text() const { return text_; }

  private:
    void note_control(char kind, std::string_view payload) {
        require(payload.size() <= control_payload_bytes_max);
        note(kind, 0, payload);
    }

    void note(char kind, unsigned number, std::string_view payload) {
        text_ += kind + std::to_string(number) + ':' + std::to_string(payload.size()) + ':';
        text_ += payload;
    }

    std::uint64_t limit_;
    std::uint64_t buffered_max_;
    FrameReader reader_;
    std::string text_;
    bool ended_ = false;
};

struct Connection {
    std::uint64_t limit;
    bool deflate;
};

std::string read_in_pieces(std::span<const std::uint8_t> stream,
                           const Connection& connection,
                           std::size_t piece) {
    Transcript transcript(connection.limit, connection.deflate);
    while (!stream.empty()) {
        const auto size = std::min(piece, stream.size());
        transcript.feed(stream.first(size));
        stream = stream.subspan(size);
    }
    return transcript.text();
}

void require_same_for_any_split(std::span<const std::uint8_t> stream,
                                const Connection& connection,
                                std::size_t piece) {
    const auto whole = read_in_pieces(stream, connection, stream.size());
    require(read_in_pieces(stream, connection, piece) == whole);
    require(read_in_pieces(stream, connection, 1) == whole);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::span<const std::uint8_t> stream(data + 1, size - 1);
    const std::uint64_t limit = (data[0] & 0x80U) != 0 ? 256 * 1024 : 200;
    const std::size_t piece = 1U + (data[0] & 0x7FU);
    require_same_for_any_split(stream, {limit, false}, piece);
    require_same_for_any_split(stream, {limit, true}, piece);
    return 0;
}
