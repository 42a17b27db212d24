#include "net/websocket_frames.hpp"

#include "net/websocket_frames_for_tests.hpp"

namespace rotacast::net {
namespace {

using namespace testing;

// -------------------------------------------------------------------------------------- writing

TEST(FrameWriter, WritesTheExamplesOfTheRfc) {
    EXPECT_EQ(make_frame(Opcode::text, "Hello"), "\x81\x05Hello");
    EXPECT_EQ(make_frame(Opcode::ping, "Hello"), "\x89\x05Hello");
    EXPECT_EQ(frame_header(Opcode::binary, 256).view(), "\x82\x7E\x01\x00"sv);
    EXPECT_EQ(frame_header(Opcode::binary, 65536).view(), "\x82\x7F\0\0\0\0\0\x01\0\0"sv);
    EXPECT_EQ(masked(Opcode::text, "Hello"), "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"sv);
}

TEST(FrameWriter, UsesTheShortestLength) {
    EXPECT_EQ(frame_header(Opcode::text, 125).view(), "\x81\x7D"sv);
    EXPECT_EQ(frame_header(Opcode::text, 126).view(), "\x81\x7E\x00\x7E"sv);
    EXPECT_EQ(frame_header(Opcode::text, 65535).view(), "\x81\x7E\xFF\xFF"sv);
}

TEST(FrameWriter, MarksCompressedMessages) {
    EXPECT_EQ(make_frame(Opcode::text, "x", true), "\xC1\x01x");
    EXPECT_EQ(static_cast<std::uint8_t>(masked(Opcode::text, "x", false, true)[0]), 0x41);
}

TEST(FrameWriter, CompressesMessagesFromTheThresholdIfThatMakesThemSmaller) {
    const DeflateOptions options{.enabled = true, .window_bits = 12, .threshold_bytes = 100};
    const auto written = [&](std::string_view payload) {
        std::string frame;
        append_message(frame, Opcode::text, payload, options);
        return frame;
    };
    const std::string below(99, 'x');
    const std::string above(100, 'x');
    EXPECT_EQ(written(below), make_frame(Opcode::text, below));
    EXPECT_EQ(written(above), make_frame(Opcode::text, *deflated(above, 12), true));
    std::string incompressible;
    for (int i = 0; i < 100; ++i) incompressible.push_back(static_cast<char>(i * i * 31 + i));
    EXPECT_EQ(written(incompressible), make_frame(Opcode::text, incompressible));
}

TEST(FrameWriter, AppendsToExistingBytes) {
    std::string batch;
    append_frame(batch, Opcode::text, "a");
    append_frame(batch, Opcode::text, "b");
    EXPECT_EQ(batch,
              "\x81\x01"
              "a\x81\x01"
              "b");
}

TEST(FrameWriter, CutsACloseReasonBetweenCodePoints) {
    EXPECT_EQ(close_frame(1001), "\x88\x02\x03\xE9");
    EXPECT_EQ(close_frame(1002, "why"), "\x88\x05\x03\xEAwhy");
    const auto frame = close_frame(1000, std::string(122, 'r') + "é and more");
    EXPECT_EQ(frame, "\x88\x7C\x03\xE8" + std::string(122, 'r'));
}

TEST(Mask, IsItsOwnInverseAtEveryLength) {
    for (std::size_t size = 0; size < 40; ++size) {
        std::vector<std::uint8_t> octets(size, 0x5A);
        apply_mask(octets, mask);
        for (std::size_t i = 0; i < size; ++i) ASSERT_EQ(octets[i], 0x5A ^ mask[i % 4]);
        apply_mask(octets, mask);
        ASSERT_TRUE(std::all_of(octets.begin(), octets.end(), [](auto o) { return o == 0x5A; }));
    }
}

}  // namespace
}  // namespace rotacast::net
