#include "net/websocket_frames.hpp"

#include "net/websocket_frames_for_tests.hpp"

namespace rotacast::net {
namespace {

using namespace testing;

// ------------------------------------------------------------------------------------- messages

TEST(FrameReader, ReadsTheExampleOfTheRfc) {
    EXPECT_EQ(read("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"sv), (Lines{"text Hello"}));
}

TEST(FrameReader, ReadsEveryLengthForm) {
    for (const std::size_t size : {0, 1, 125, 126, 127, 65535, 65536, 70000}) {
        const std::string payload(size, 'x');
        EXPECT_EQ(Connection(70000).feed(text(payload)).lines(), (Lines{"text " + payload}));
    }
}

TEST(FrameReader, GivesTheSameEventsForAnySplit) {
    const auto stream = text("Grüße") + masked(Opcode::binary, std::string(300, '\xFF')) +
                        first("Zo") + ping("are you there") + middle("") + last("\xC3\xAB") +
                        masked(Opcode::pong, "") +
                        close(
                            "\x03\xE8"
                            "bye");
    const Lines expected = {"text Grüße",
                            "binary " + std::string(300, '\xFF'),
                            "ping are you there",
                            "text Zoë",
                            "pong ",
                            "close 1000 bye"};
    for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
        ASSERT_EQ(read_in_pieces(stream, piece), expected) << "pieces of " << piece;
    }
}

TEST(FrameReader, UnmasksWithEveryKeyOffset) {
    std::string payload;
    for (int i = 0; i < 40; ++i) payload.push_back(static_cast<char>('a' + i % 26));
    const auto frame = text(payload);
    for (std::size_t split = 1; split < frame.size(); ++split) {
        Connection connection;
        connection.feed(std::string_view(frame).substr(0, split));
        connection.feed(std::string_view(frame).substr(split));
        ASSERT_EQ(connection.lines(), (Lines{"text " + payload})) << "split at " << split;
    }
}

TEST(FrameReader, AMessageOfEmptyFragmentsIsEmpty) {
    EXPECT_EQ(read(first("") + middle("") + last("")), (Lines{"text "}));
}

TEST(FrameReader, BinaryNeedNotBeUtf8) {
    EXPECT_EQ(read(masked(Opcode::binary, "\xFF")), (Lines{"binary \xFF"}));
}

// --------------------------------------------------------------------------------------- memory

TEST(FrameReader, ReturnsAWholeFrameWithoutCopying) {
    const auto frame = text("in place");
    std::vector<std::uint8_t> octets(frame.begin(), frame.end());
    FrameReader reader;
    std::span<std::uint8_t> rest(octets);
    const auto event = reader.next(rest);
    ASSERT_TRUE(event && std::holds_alternative<Message>(*event));
    const auto payload = std::get<Message>(*event).payload;
    EXPECT_EQ(payload, "in place");
    EXPECT_EQ(static_cast<const void*>(payload.data()), &octets[6]);
    EXPECT_EQ(reader.buffered_bytes(), 0U);
    EXPECT_TRUE(rest.empty());
}

TEST(FrameReader, DoesNotCopyAFrameWhoseHeaderArrivedBefore) {
    Connection connection;
    const auto frame = text("in place");
    connection.feed(std::string_view(frame).substr(0, 6));
    connection.feed(std::string_view(frame).substr(6));
    EXPECT_EQ(connection.reader().buffered_bytes(), 0U);
    EXPECT_EQ(connection.lines(), (Lines{"text in place"}));
}

TEST(FrameReader, ReleasesMemoryWhenTheMessageIsFinished) {
    Connection connection;
    connection.feed(first("one "));
    EXPECT_GE(connection.reader().buffered_bytes(), 4U);
    const auto interrupted = ping("between");
    connection.feed(std::string_view(interrupted).substr(0, 8));
    connection.feed(std::string_view(interrupted).substr(8));
    EXPECT_GE(connection.reader().buffered_bytes(), 4U);
    connection.feed(last("two"));
    EXPECT_EQ(connection.reader().buffered_bytes(), 0U);
    EXPECT_EQ(connection.lines(), (Lines{"ping between", "text one two"}));
}

TEST(FrameReader, AnnouncedOctetsNeedNoMemoryUntilTheyArrive) {
    Connection connection(1U << 30);
    const auto frame = text(std::string(1 << 20, 'x'));
    connection.feed(std::string_view(frame).substr(0, 100));
    EXPECT_LE(connection.reader().buffered_bytes(), 200U);
}

TEST(FrameReader, NeverHoldsMoreThanTheLimit) {
    Connection connection(1000);
    for (int i = 0; i < 30; ++i) {
        connection.feed(i == 0 ? first(std::string(33, 'x')) : middle(std::string(33, 'x')));
        ASSERT_LE(connection.reader().buffered_bytes(), 1000U);
    }
    EXPECT_TRUE(connection.lines().empty());
}

TEST(FrameReader, ReleasesMemoryWhenItStops) {
    Connection connection;
    connection.feed(first("one ") + text("two"));
    EXPECT_EQ(connection.lines(), error(1002, "message inside a fragmented message"));
    EXPECT_EQ(connection.reader().buffered_bytes(), 0U);
}

// --------------------------------------------------------------------------------------- limits

TEST(FrameReader, AcceptsAMessageOfExactlyTheLimit) {
    EXPECT_EQ(Connection(8).feed(first("1234") + last("5678")).lines(), (Lines{"text 12345678"}));
    EXPECT_EQ(Connection(8).feed(text("12345678")).lines(), (Lines{"text 12345678"}));
}

TEST(FrameReader, RefusesATooBigMessageFromItsHeaderAlone) {
    const auto frame = text("123456789");
    EXPECT_EQ(Connection(8).feed(frame.substr(0, 6)).lines(), error(1009, "message too big"));
}

TEST(FrameReader, RefusesFragmentsThatAddUpToTooMuch) {
    EXPECT_EQ(Connection(8).feed(first("12345") + last("6789").substr(0, 6)).lines(),
              error(1009, "message too big"));
}

TEST(FrameReader, ControlFramesDoNotCountAgainstTheLimit) {
    EXPECT_EQ(Connection(4).feed(first("1234") + ping("12345") + last("")).lines(),
              (Lines{"ping 12345", "text 1234"}));
}

TEST(FrameReader, RefusesTheLargestPossibleLength) {
    EXPECT_EQ(read(raw({0x82, 0xFF, 0x7F, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0})),
              error(1009, "message too big"));
}

// ------------------------------------------------------------------------------------ violations

TEST(FrameReader, RefusesInvalidFrameHeaders) {
    struct Row {
        std::vector<int> header;
        std::string_view reason;
    };
    const std::vector<Row> rows = {
        {{0x81, 0x00}, "frame is not masked"},
        {{0xC1, 0x80}, "reserved bit set"},
        {{0xA1, 0x80}, "reserved bit set"},
        {{0x91, 0x80}, "reserved bit set"},
        {{0xC9, 0x80}, "reserved bit set"},
        {{0x83, 0x80}, "reserved opcode"},
        {{0x87, 0x80}, "reserved opcode"},
        {{0x8B, 0x80}, "reserved opcode"},
        {{0x8F, 0x80}, "reserved opcode"},
        {{0x09, 0x80}, "fragmented control frame"},
        {{0x08, 0x80}, "fragmented control frame"},
        {{0x89, 0xFE}, "control frame too long"},
        {{0x88, 0xFF}, "control frame too long"},
        {{0x80, 0x80}, "nothing to continue"},
        {{0x00, 0x80}, "nothing to continue"},
        {{0x81, 0xFE, 0, 125, 0, 0, 0, 0}, "length is not in its shortest form"},
        {{0x81, 0xFF, 0, 0, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0},
         "length is not in its shortest form"},
        {{0x81, 0xFF, 128, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, "length has its top bit set"},
    };
    for (const auto& [header, reason] : rows) {
        EXPECT_EQ(read(raw(header)), error(1002, reason));
        EXPECT_EQ(read_in_pieces(raw(header), 1), error(1002, reason));
    }
}

TEST(FrameReader, RefusesAContinuationAfterTheMessageIsFinished) {
    EXPECT_EQ(read(first("a") + last("b") + last("c")),
              (Lines{"text ab", "error 1002 nothing to continue"}));
}

TEST(FrameReader, RefusesANewMessageInsideAFragmentedOne) {
    EXPECT_EQ(read(first("a") + first("b")), error(1002, "message inside a fragmented message"));
    EXPECT_EQ(read(first("") + masked(Opcode::binary, "b")),
              error(1002, "message inside a fragmented message"));
}

TEST(FrameReader, ReadsNothingAfterAnError) {
    Connection connection;
    connection.feed(raw({0x83, 0x80}) + text("ignored"));
    connection.feed(text("ignored too"));
    EXPECT_EQ(connection.lines(), error(1002, "reserved opcode"));
    EXPECT_TRUE(connection.reader().stopped());
}

// ---------------------------------------------------------------------------------------- UTF-8

TEST(FrameReader, RefusesTextThatIsNotUtf8) {
    EXPECT_EQ(read(text("\xED\xA0\x80")), error(1007, "text is not UTF-8"));
    EXPECT_EQ(read(text("cut \xE2\x82")), error(1007, "text is not UTF-8"));
    EXPECT_EQ(read(first("cut \xE2\x82") + last("")), error(1007, "text is not UTF-8"));
}

TEST(FrameReader, RefusesBadTextBeforeItsMessageIsFinished) {
    EXPECT_EQ(read(first("\xCE\xBA") + middle("\xF4\x90")), error(1007, "text is not UTF-8"));
}

TEST(FrameReader, RefusesBadTextBeforeItsFrameIsFinished) {
    const auto frame = text("\xCE\xBA\xF4\x90\x80\x80 and more");
    Connection connection;
    connection.feed(std::string_view(frame).substr(0, 9));
    EXPECT_TRUE(connection.lines().empty());
    connection.feed(std::string_view(frame).substr(9, 1));
    EXPECT_EQ(connection.lines(), error(1007, "text is not UTF-8"));
}

TEST(FrameReader, EachMessageStartsWithFreshText) {
    EXPECT_EQ(read(masked(Opcode::binary, "\xE2\x82") + text("ok")),
              (Lines{"binary \xE2\x82", "text ok"}));
}

// ---------------------------------------------------------------------------------------- close

TEST(FrameReader, ReadsClose) {
    EXPECT_EQ(read(close("")), (Lines{"close - "}));
    EXPECT_EQ(read(close("\x03\xE9")), (Lines{"close 1001 "}));
    const auto reason = std::string(close_reason_bytes_max, 'r');
    EXPECT_EQ(read(close("\x03\xE8" + reason)), (Lines{"close 1000 " + reason}));
}

TEST(FrameReader, ReadsNothingAfterClose) {
    EXPECT_EQ(read(first("a") + close("\x03\xE8") + last("b") + ping("c")), (Lines{"close 1000 "}));
}

TEST(FrameReader, RefusesAMalformedClose) {
    EXPECT_EQ(read(close("\x03")), error(1002, "close frame of one octet"));
    EXPECT_EQ(read(close("\x03\xEC")), error(1002, "invalid close code"));  // 1004
    EXPECT_EQ(read(close("\x03\xE8\xC0\xAF")), error(1007, "close reason is not UTF-8"));
    EXPECT_EQ(read(close("\x03\xE8\xE2\x82")), error(1007, "close reason is not UTF-8"));
}

TEST(CloseCode, IsValidIfRegisteredAndMayBeSent) {
    for (const auto code : {1000,
                            1001,
                            1002,
                            1003,
                            1007,
                            1008,
                            1009,
                            1010,
                            1011,
                            1012,
                            1013,
                            1014,
                            3000,
                            3999,
                            4000,
                            4999}) {
        EXPECT_TRUE(is_valid_close_code(static_cast<std::uint16_t>(code))) << code;
    }
    for (const auto code : {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535}) {
        EXPECT_FALSE(is_valid_close_code(static_cast<std::uint16_t>(code))) << code;
    }
}

}  // namespace
}  // namespace rotacast::net
