#include "redis/reply_reader.hpp"

#include <gtest/gtest.h>

namespace rotacast::redis {
namespace {

Reply text(std::string value) {
    return {std::move(value)};
}
Reply number(std::int64_t value) {
    return {value};
}
Reply array(Array values) {
    return {std::move(values)};
}
Reply error(std::string value) {
    return {ErrorReply{std::move(value)}};
}

struct Read {
    Array replies;
    std::string refused = {};  // the kind
};

Read read(ReplyReader& reader, std::string_view bytes, std::size_t piece = 1'000'000'000) {
    Read out;
    while (!bytes.empty()) {
        const auto why = reader.read(bytes.substr(0, piece),
                                     [&](Reply reply) { out.replies.push_back(std::move(reply)); });
        if (why) out.refused = to_string(why->kind);
        bytes.remove_prefix(std::min(piece, bytes.size()));
    }
    return out;
}

Read read(std::string_view bytes, ReplyLimits limits = {}) {
    ReplyReader reader(limits);
    return read(reader, bytes);
}

TEST(ReplyReader, ReadsEveryKind) {
    const auto got = read(
        "+OK\r\n-ERR no\r\n:-7\r\n$5\r\na\r\nbc\r\n$0\r\n\r\n$-1\r\n*-1\r\n*0\r\n"
        "*2\r\n:1\r\n*2\r\n$1\r\nx\r\n-LOADING wait\r\n");
    EXPECT_EQ(got.refused, "");
    EXPECT_EQ(got.replies,
              (Array{text("OK"),
                     error("ERR no"),
                     number(-7),
                     text("a\r\nbc"),
                     text(""),
                     {Nil{}},
                     {Nil{}},
                     array({}),
                     array({number(1), array({text("x"), error("LOADING wait")})})}));
    EXPECT_EQ(got.replies[1].error()->code(), "ERR");
}

TEST(ReplyReader, TakesBytesAsTheyCome) {
    const std::string bytes = "*3\r\n$4\r\nabcd\r\n*2\r\n:12\r\n$-1\r\n+PONG\r\n:5\r\n";
    for (const std::size_t piece : {1U, 2U, 3U, 5U, 7U, 11U}) {
        ReplyReader reader;
        const auto got = read(reader, bytes, piece);
        EXPECT_EQ(
            got.replies,
            (Array{array({text("abcd"), array({number(12), {Nil{}}}), text("PONG")}), number(5)}));
        EXPECT_EQ(reader.buffered_bytes(), 0u);
    }
}

TEST(ReplyReader, ReadsTheSmallestAndTheLargestNumber) {
    const auto got = read(":-9223372036854775808\r\n:9223372036854775807\r\n");
    EXPECT_EQ(got.replies, (Array{number(INT64_MIN), number(INT64_MAX)}));
    EXPECT_EQ(read(":9223372036854775808\r\n").refused, "not_redis");
}

TEST(ReplyReader, NestsSevenDeep) {
    const auto nested = [](int depth) {
        std::string bytes;
        for (int i = 0; i < depth; ++i) bytes += "*1\r\n";
        return bytes + ":1\r\n";
    };
    EXPECT_EQ(read(nested(7)).replies.size(), 1u);
    EXPECT_EQ(read(nested(9)).refused, "not_redis");
    EXPECT_EQ(read(nested(100'000)).refused, "not_redis");
}

TEST(ReplyReader, RefusesATextWhenItIsAnnounced) {
    EXPECT_EQ(read("$1073741824\r\n").refused, "reply_too_large");
    EXPECT_EQ(read("*2\r\n:1\r\n$1073741824\r\nab").refused, "reply_too_large");
    EXPECT_EQ(read("$9223372036854775807\r\n").refused, "reply_too_large");
    EXPECT_EQ(read("$99999999999999999999\r\n").refused, "not_redis");
}

TEST(ReplyReader, RefusesALongReply) {
    const ReplyLimits limits{100, 10};
    EXPECT_EQ(read("$94\r\n" + std::string(94, 'x') + "\r\n", limits).refused, "reply_too_large");
    EXPECT_EQ(read("$93\r\n" + std::string(93, 'x') + "\r\n", limits).refused, "");
    const std::string half = "$40\r\n" + std::string(40, 'x') + "\r\n";
    EXPECT_EQ(read("*2\r\n" + half + half, limits).replies.size(), 1u);
    EXPECT_EQ(read("*3\r\n" + half + half + half, limits).refused, "reply_too_large");
    std::string many;
    for (int i = 0; i < 1000; ++i) many += half;
    EXPECT_EQ(read(many, limits).replies.size(), 1000u) << "each has the limit for itself";
}

TEST(ReplyReader, RefusesManyElements) {
    const ReplyLimits limits{1'000'000, 10};
    EXPECT_EQ(read("*2147483647\r\n", limits).refused, "reply_too_large");
    EXPECT_EQ(read("*9\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n", limits).refused,
              "");
    EXPECT_EQ(
        read("*2\r\n*4\r\n:1\r\n:1\r\n:1\r\n:1\r\n*4\r\n:1\r\n:1\r\n:1\r\n:1\r\n", limits).refused,
        "reply_too_large");
}

TEST(ReplyReader, RefusesALineWithoutEnd) {
    EXPECT_EQ(read('+' + std::string(1'000'000, 'x')).refused, "reply_too_large");
    EXPECT_EQ(read('$' + std::string(100, '1')).refused, "not_redis");
}

TEST(ReplyReader, RefusesOtherProtocols) {
    for (const auto* bytes : {"HTTP/1.1 200 OK\r\n",
                              "\x15\x03\x01",
                              "\r\n",
                              "$1x\r\n",
                              ":\r\n",
                              "%1\r\n+a\r\n+b\r\n",
                              "_\r\n",
                              "*x\r\n",
                              "$-2\r\n"})
        EXPECT_EQ(read(bytes).refused, "not_redis") << bytes;
}

TEST(ReplyReader, ReadsNoMoreAfterARefusal) {
    ReplyReader reader;
    const auto got = read(reader, "+a\r\n!\r\n+b\r\n", 1);
    EXPECT_EQ(got.replies, (Array{text("a")}));
    EXPECT_EQ(got.refused, "not_redis");
    EXPECT_EQ(read(reader, "+c\r\n").replies.size(), 0u);
    EXPECT_EQ(read(reader, "+c\r\n").refused, "not_redis");
}

TEST(ReplyReader, ReadsManySmallRepliesAndOneLargeInTimeLinearInTheirSize) {
    std::string bytes;
    for (int i = 0; i < 200'000; ++i) bytes += "$8\r\nabcdefgh\r\n";
    EXPECT_EQ(read(bytes).replies.size(), 200'000u);
    const std::string large = "$8000000\r\n" + std::string(8'000'000, 'x') + "\r\n";
    EXPECT_EQ(read(large).replies.size(), 1u);
}

}  // namespace
}  // namespace rotacast::redis
