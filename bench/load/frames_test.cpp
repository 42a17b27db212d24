#include "load/frames.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

namespace rotacast::bench {
namespace {

std::string server_text(std::size_t payload_bytes) {
    std::string frame = "\x81";
    if (payload_bytes < 126) {
        frame += static_cast<char>(payload_bytes);
    } else if (payload_bytes < 65536) {
        frame += '\x7e';
        frame += static_cast<char>(payload_bytes >> 8U);
        frame += static_cast<char>(payload_bytes & 0xffU);
    } else {
        frame += '\x7f';
        for (unsigned shift = 64; shift > 0; shift -= 8) {
            frame += static_cast<char>(payload_bytes >> (shift - 8) & 0xffU);
        }
    }
    for (std::size_t i = 0; i < payload_bytes; ++i) frame += static_cast<char>('a' + i % 26);
    return frame;
}

struct Seen {
    std::uint64_t payload_bytes;
    std::uint64_t wire_bytes;
    std::string head;
    bool operator==(const Seen&) const = default;
};

std::vector<Seen> scan(std::string_view bytes, std::size_t piece) {
    std::vector<Seen> seen;
    FrameScanner scanner;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        scanner.feed(bytes.substr(at, piece), [&](const ServerFrame& frame) {
            seen.push_back({frame.payload_bytes, frame.wire_bytes, std::string(frame.head)});
        });
    }
    return seen;
}

TEST(FrameScanner, FindsTheSameFramesHoweverTheStreamIsSplit) {
    std::string stream;
    std::vector<Seen> expected;
    for (const std::size_t size : {0U, 1U, 125U, 126U, 350U, 65535U, 65536U, 0U}) {
        const std::string frame = server_text(size);
        stream += frame;
        const std::string payload = frame.substr(frame.size() - size);
        expected.push_back({size, frame.size(), payload.substr(0, FrameScanner::control_max)});
    }
    for (const std::size_t piece : {1U, 2U, 3U, 127U, 4096U, 1U << 20U}) {
        EXPECT_EQ(scan(stream, piece), expected) << "pieces of " << piece;
    }
}

TEST(FrameScanner, KeepsAsMuchOfThePayloadAsRequested) {
    const std::string frame = server_text(5000);
    for (const std::size_t piece : {1U, 700U, 1U << 20U}) {
        FrameScanner scanner(4000);
        std::size_t kept = 0;
        for (std::size_t at = 0; at < frame.size(); at += piece) {
            scanner.feed(std::string_view(frame).substr(at, piece),
                         [&](const ServerFrame& found) { kept = found.head.size(); });
        }
        EXPECT_EQ(kept, 4000U) << "pieces of " << piece;
    }
}

TEST(FrameScanner, DistinguishesCompressedMessages) {
    std::vector<bool> compressed;
    FrameScanner scanner;
    scanner.feed(std::string("\x81\x01z\xc1\x01z\x81\x01z"),
                 [&](const ServerFrame& frame) { compressed.push_back(frame.compressed); });
    EXPECT_EQ(compressed, (std::vector{false, true, false}));
}

TEST(FrameScanner, RejectsFramesThatAServerMustNotSend) {
    FrameScanner masked;
    EXPECT_THROW(masked.feed("\x81\x85", [](const ServerFrame&) {}), std::runtime_error);
    FrameScanner fragmented;
    EXPECT_THROW(fragmented.feed("\x01\x05", [](const ServerFrame&) {}), std::runtime_error);
}

TEST(ClientFrame, IsMaskedAndCarriesItsLength) {
    EXPECT_EQ(client_frame(Opcode::text, "hi"), std::string("\x81\x82\0\0\0\0hi", 8));
    const std::string longer = client_frame(Opcode::text, std::string(300, 'x'));
    EXPECT_EQ(longer.substr(0, 8), std::string("\x81\xfe\x01\x2c\0\0\0\0", 8));
    EXPECT_EQ(longer.size(), 308U);
}

}  // namespace
}  // namespace rotacast::bench
