#pragma once

// For tests: frames as a client writes them, and a reader that turns events into lines of text.

#include "net/websocket_frames.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::net::testing {

using namespace std::string_literals;
using namespace std::string_view_literals;

// There are many idle connections, and each holds a reader.
static_assert(sizeof(FrameReader) <= 96);

inline constexpr MaskKey mask{0x37, 0xFA, 0x21, 0x3D};

inline std::string masked(Opcode opcode,
                          std::string_view payload,
                          bool final = true,
                          bool rsv1 = false) {
    std::string frame;
    append_masked_frame(frame, opcode, payload, mask, final, rsv1);
    return frame;
}

inline std::string text(std::string_view payload) {
    return masked(Opcode::text, payload);
}
inline std::string first(std::string_view payload) {
    return masked(Opcode::text, payload, false);
}
inline std::string middle(std::string_view payload) {
    return masked(Opcode::continuation, payload, false);
}
inline std::string last(std::string_view payload) {
    return masked(Opcode::continuation, payload);
}
inline std::string ping(std::string_view payload) {
    return masked(Opcode::ping, payload);
}
inline std::string close(std::string_view payload) {
    return masked(Opcode::close, payload);
}

/// Turns an event into a line.
struct Line {
    std::string operator()(const Message& message) const {
        return (message.opcode == Opcode::text ? "text " : "binary ") +
               std::string(message.payload);
    }
    std::string operator()(const Ping& ping) const { return "ping " + std::string(ping.payload); }
    std::string operator()(const Pong& pong) const { return "pong " + std::string(pong.payload); }
    std::string operator()(const Close& close) const {
        return "close " + (close.code ? std::to_string(*close.code) : "-") + " " +
               std::string(close.reason);
    }
    std::string operator()(const ProtocolError& error) const {
        return "error " + std::to_string(error.close_code) + " " + std::string(error.reason);
    }
};

using Lines = std::vector<std::string>;

class Connection {
  public:
    explicit Connection(std::uint64_t max_message_bytes = 1024, bool deflate = false)
        : reader_(FrameLimits{max_message_bytes}, deflate) {}

    Connection& feed(std::string_view octets) {
        // Exactly as large as the octets, so that the sanitizer detects reads beyond the end.
        std::vector<std::uint8_t> copy(octets.begin(), octets.end());
        reader_.feed(
            copy, [this](const FrameEvent& event) { lines_.push_back(std::visit(Line{}, event)); });
        return *this;
    }

    const Lines& lines() const { return lines_; }
    const FrameReader& reader() const { return reader_; }

  private:
    FrameReader reader_;
    Lines lines_;
};

inline Lines read(std::string_view octets) {
    return Connection().feed(octets).lines();
}

inline Lines read_in_pieces(std::string_view octets, std::size_t piece) {
    Connection connection;
    for (std::size_t at = 0; at < octets.size(); at += piece) {
        connection.feed(octets.substr(at, piece));
    }
    return connection.lines();
}

inline Lines error(int code, std::string_view reason) {
    return {"error " + std::to_string(code) + " " + std::string(reason)};
}

/// A masked frame with arbitrary header bits; the mask is zero.
inline std::string raw(std::vector<int> octets) {
    std::string frame;
    for (const int octet : octets) frame.push_back(static_cast<char>(octet));
    return frame;
}

}  // namespace rotacast::net::testing
