#include "net/websocket_frames.hpp"

#include "net/websocket_frames_for_tests.hpp"

namespace rotacast::net {
namespace {

using namespace testing;

// ---------------------------------------------------------------------------- compressed messages

constexpr auto deflated_hello = "\xf2\x48\xcd\xc9\xc9\x07\x00"sv;  // RFC 7692 §7.2.3.1

std::string squeezed(std::string_view payload) {
    return std::string(deflated(payload, 15).value());
}

/// One compressed message in fragments of `size` octets.
std::string squeezed_frames(Opcode opcode, std::string_view payload, std::size_t size) {
    std::string frames;
    for (bool start = true; start || !payload.empty(); start = false) {
        const auto part = payload.substr(0, size);
        payload.remove_prefix(part.size());
        frames += masked(start ? opcode : Opcode::continuation, part, payload.empty(), start);
    }
    return frames;
}

std::string squeezed_frame(Opcode opcode, std::string_view payload) {
    return masked(opcode, payload, true, true);
}

Connection deflating(std::uint64_t max_message_bytes = 1024) {
    return Connection(max_message_bytes, true);
}

std::string_view prefix(const std::string& frame, std::size_t size) {
    return std::string_view(frame).substr(0, size);
}

TEST(FrameReader, InflatesMessagesMarkedAsCompressed) {
    EXPECT_EQ(deflating()
                  .feed(squeezed_frame(Opcode::text, deflated_hello) + text("plain") +
                        squeezed_frame(Opcode::binary, deflated_hello))
                  .lines(),
              (Lines{"text Hello", "text plain", "binary Hello"}));
}

TEST(FrameReader, InflatesEachMessageOnItsOwn) {
    // A second message that refers to the first one (§7.2.3.2), but its window is empty again.
    EXPECT_EQ(deflating()
                  .feed(squeezed_frame(Opcode::text, deflated_hello) +
                        squeezed_frame(Opcode::text, "\xf2\x00\x11\x00\x00"sv))
                  .lines(),
              (Lines{"text Hello", "error 1007 compressed message is corrupt"}));
}

TEST(FrameReader, InflatesFragmentsWithControlFramesBetween) {
    const auto stream = masked(Opcode::text, deflated_hello.substr(0, 3), false, true) +
                        ping("one") + middle("") + middle(deflated_hello.substr(3, 2)) +
                        ping("two") + last(deflated_hello.substr(5)) + text("plain");
    const Lines expected = {"ping one", "ping two", "text Hello", "text plain"};
    EXPECT_EQ(deflating().feed(stream).lines(), expected);
    for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
        auto connection = deflating();
        for (std::size_t at = 0; at < stream.size(); at += piece) {
            connection.feed(std::string_view(stream).substr(at, piece));
        }
        ASSERT_EQ(connection.lines(), expected) << "pieces of " << piece;
        ASSERT_EQ(connection.reader().buffered_bytes(), 0U);
    }
}

TEST(FrameReader, InflatesEmptyMessages) {
    EXPECT_EQ(deflating()
                  .feed(squeezed_frame(Opcode::text, "\x00"sv) + squeezed_frame(Opcode::text, "") +
                        masked(Opcode::binary, "", false, true) + last("\x00"sv) +
                        masked(Opcode::binary, "\x00"sv, false, true) + last(""))
                  .lines(),
              (Lines{"text ", "text ", "binary ", "binary "}));
}

TEST(FrameReader, InflatesExactlyTheLimit) {
    const std::string payload(1024, 'x');
    EXPECT_EQ(deflating(1024).feed(squeezed_frame(Opcode::text, squeezed(payload))).lines(),
              (Lines{"text " + payload}));
    EXPECT_EQ(deflating(1023).feed(squeezed_frame(Opcode::text, squeezed(payload))).lines(),
              error(1009, "message too big"));
}

TEST(FrameReader, RefusesABombAndHoldsNoMoreThanTheLimit) {
    constexpr std::uint64_t limit = 64 * 1024;
    const auto bomb = squeezed(std::string(1'000'000, 'x'));
    ASSERT_LT(bomb.size(), 1100U);
    for (const std::size_t fragment : {1UL, 100UL, bomb.size()}) {
        auto connection = deflating(limit);
        for (const char octet : squeezed_frames(Opcode::text, bomb, fragment)) {
            connection.feed({&octet, 1});
            ASSERT_LE(connection.reader().buffered_bytes(), limit + Inflater::memory_bytes_max);
        }
        EXPECT_EQ(connection.lines(), error(1009, "message too big"));
        EXPECT_EQ(connection.reader().buffered_bytes(), 0U);
    }
}

TEST(FrameReader, HoldsNoWindowWhileAnInflatedMessageIsBeingHandled) {
    const auto frame = squeezed_frame(Opcode::text, deflated_hello);
    std::vector<std::uint8_t> octets(frame.begin(), frame.end());
    FrameReader reader({}, true);
    std::span<std::uint8_t> rest(octets);
    const auto event = reader.next(rest);
    ASSERT_TRUE(event && std::holds_alternative<Message>(*event));
    EXPECT_EQ(std::get<Message>(*event).payload, "Hello");
    EXPECT_LT(reader.buffered_bytes(), 100U);
}

TEST(FrameReader, RefusesABombBeforeItsMessageIsFinished) {
    const auto frame = squeezed_frame(Opcode::text, squeezed(std::string(1'000'000, 'x')));
    EXPECT_EQ(deflating(1000).feed(prefix(frame, 100)).lines(), error(1009, "message too big"));
}

TEST(FrameReader, AcceptsACompressedMessageLargerThanItsContent) {
    // Three octets, each in its own stored block (RFC 1951 §3.2.4).
    std::string stored;
    for (const char c : {'a', 'b', 'c'}) stored += "\x00\x01\x00\xFE\xFF"s + c;
    EXPECT_EQ(deflating(3).feed(squeezed_frame(Opcode::text, stored + '\0')).lines(),
              (Lines{"text abc"}));
}

TEST(FrameReader, RefusesInvalidDeflate) {
    const auto corrupt = error(1007, "compressed message is corrupt");
    EXPECT_EQ(deflating().feed(squeezed_frame(Opcode::text, "Hello")).lines(), corrupt);
    EXPECT_EQ(deflating().feed(squeezed_frame(Opcode::binary, deflated_hello.substr(0, 4))).lines(),
              corrupt);
    EXPECT_EQ(
        deflating()
            .feed(squeezed_frames(Opcode::binary, deflated_hello.substr(0, 5), 2) + text("next"))
            .lines(),
        corrupt);
}

TEST(FrameReader, RefusesACorruptMessageBeforeItIsFinished) {
    EXPECT_EQ(deflating().feed(masked(Opcode::binary, "\x07", false, true)).lines(),
              error(1007, "compressed message is corrupt"));
}

TEST(FrameReader, RefusesInflatedTextThatIsNotUtf8) {
    const auto bad = squeezed(std::string(100, '\xFF'));
    EXPECT_EQ(deflating().feed(squeezed_frame(Opcode::text, bad)).lines(),
              error(1007, "text is not UTF-8"));
    EXPECT_EQ(deflating().feed(squeezed_frame(Opcode::binary, bad)).lines(),
              (Lines{"binary " + std::string(100, '\xFF')}));
    EXPECT_EQ(deflating()
                  .feed(squeezed_frame(Opcode::text, squeezed(std::string(100, 'x') + "\xE2\x82")))
                  .lines(),
              error(1007, "text is not UTF-8"));
}

TEST(FrameReader, OnlyTheFirstFrameMarksACompressedMessage) {
    const auto reserved = error(1002, "reserved bit set");
    EXPECT_EQ(read(squeezed_frame(Opcode::text, deflated_hello)), reserved);
    EXPECT_EQ(deflating().feed(masked(Opcode::ping, "", true, true)).lines(), reserved);
    EXPECT_EQ(deflating().feed(masked(Opcode::close, "", true, true)).lines(), reserved);
    EXPECT_EQ(deflating()
                  .feed(masked(Opcode::text, deflated_hello.substr(0, 3), false, true) +
                        masked(Opcode::continuation, deflated_hello.substr(3), true, true))
                  .lines(),
              reserved);
    EXPECT_EQ(deflating().feed(first("a") + masked(Opcode::continuation, "b", true, true)).lines(),
              reserved);
    for (const int first_octet : {0xA1, 0x91, 0xE1, 0xD1, 0xF1, 0xA2}) {
        EXPECT_EQ(deflating().feed(raw({first_octet, 0x80})).lines(), reserved) << first_octet;
    }
}

}  // namespace
}  // namespace rotacast::net
