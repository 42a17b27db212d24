#include "net/websocket_frames.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::net {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

// A connection that waits holds one of these, and there are many.
static_assert(sizeof(FrameReader) <= 96);

constexpr MaskKey mask{0x37, 0xFA, 0x21, 0x3D};

std::string masked(Opcode opcode, std::string_view payload, bool final = true, bool rsv1 = false) {
    std::string frame;
    append_masked_frame(frame, opcode, payload, mask, final, rsv1);
    return frame;
}

std::string text(std::string_view payload) {
    return masked(Opcode::text, payload);
}
std::string first(std::string_view payload) {
    return masked(Opcode::text, payload, false);
}
std::string middle(std::string_view payload) {
    return masked(Opcode::continuation, payload, false);
}
std::string last(std::string_view payload) {
    return masked(Opcode::continuation, payload);
}
std::string ping(std::string_view payload) {
    return masked(Opcode::ping, payload);
}
std::string close(std::string_view payload) {
    return masked(Opcode::close, payload);
}

/// An event as a line, so that a test reads as a table.
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
        // Exactly as large as the octets, so that the sanitizer sees a step too far.
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

Lines read(std::string_view octets) {
    return Connection().feed(octets).lines();
}

Lines read_in_pieces(std::string_view octets, std::size_t piece) {
    Connection connection;
    for (std::size_t at = 0; at < octets.size(); at += piece) {
        connection.feed(octets.substr(at, piece));
    }
    return connection.lines();
}

Lines error(int code, std::string_view reason) {
    return {"error " + std::to_string(code) + " " + std::string(reason)};
}

/// A masked header with any bits; the mask is zero.
std::string raw(std::vector<int> octets) {
    std::string frame;
    for (const int octet : octets) frame.push_back(static_cast<char>(octet));
    return frame;
}

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

TEST(FrameReader, HandsOutAWholeFrameWithoutCopying) {
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

TEST(FrameReader, AFrameWhoseHeaderCameBeforeIsNotCopiedEither) {
    Connection connection;
    const auto frame = text("in place");
    connection.feed(std::string_view(frame).substr(0, 6));
    connection.feed(std::string_view(frame).substr(6));
    EXPECT_EQ(connection.reader().buffered_bytes(), 0U);
    EXPECT_EQ(connection.lines(), (Lines{"text in place"}));
}

TEST(FrameReader, GivesMemoryBackWhenTheMessageIsFinished) {
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

TEST(FrameReader, AnnouncedOctetsCostNothingUntilTheyArrive) {
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

TEST(FrameReader, GivesMemoryBackWhenItStops) {
    Connection connection;
    connection.feed(first("one ") + text("two"));
    EXPECT_EQ(connection.lines(), error(1002, "message inside a fragmented message"));
    EXPECT_EQ(connection.reader().buffered_bytes(), 0U);
}

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

TEST(FrameReader, InflatesEachMessageByItself) {
    // A second message that refers to the first one (§7.2.3.2): its window is empty again.
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

TEST(FrameReader, TakesACompressedMessageThatIsLargerThanWhatItHolds) {
    // Three octets in a stored block of their own, each (RFC 1951 §3.2.4).
    std::string stored;
    for (const char c : {'a', 'b', 'c'}) stored += "\x00\x01\x00\xFE\xFF"s + c;
    EXPECT_EQ(deflating(3).feed(squeezed_frame(Opcode::text, stored + '\0')).lines(),
              (Lines{"text abc"}));
}

TEST(FrameReader, RefusesWhatDoesNotInflate) {
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

TEST(FrameReader, KnowsCompressedMessagesOnlyByTheirFirstFrame) {
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

TEST(FrameReader, RefusesTheLargestLengthOfAll) {
    EXPECT_EQ(read(raw({0x82, 0xFF, 0x7F, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0})),
              error(1009, "message too big"));
}

// ------------------------------------------------------------------------------------ violations

TEST(FrameReader, RefusesWhatTheFrameHeaderMustNotSay) {
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

TEST(CloseCode, IsValidWhereTheRegistryHasOneThatMayTravel) {
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

TEST(FrameWriter, MarksCompressedMessagesOnDemand) {
    EXPECT_EQ(make_frame(Opcode::text, "x", true), "\xC1\x01x");
    EXPECT_EQ(static_cast<std::uint8_t>(masked(Opcode::text, "x", false, true)[0]), 0x41);
}

TEST(FrameWriter, CompressesMessagesFromTheThresholdOnWhereThatMakesThemSmaller) {
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

TEST(FrameWriter, AppendsBehindWhatIsThere) {
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
