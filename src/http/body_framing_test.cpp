#include "http/body_framing.hpp"

#include <gtest/gtest.h>

namespace rotacast::http {
namespace {

TEST(BodyFraming, AChunkBeginsWithItsSizeInHexadecimal) {
    std::string body = "5\r\nfirst\r\n";
    const auto begin = append_chunk(body, "second part of a body");
    EXPECT_EQ(body, "5\r\nfirst\r\n15\r\nsecond part of a body\r\n");
    EXPECT_TRUE(std::string_view(body).substr(begin).starts_with("second"));
}

TEST(BodyFraming, SizesHaveAnyNumberOfDigits) {
    std::string body;
    append_chunk(body, std::string(0x12345, 'x'));
    EXPECT_TRUE(body.starts_with("12345\r\nx"));
}

TEST(BodyFraming, BelongsToTheVersionOfTheRequest) {
    EXPECT_EQ(framing_for(11), BodyFraming::chunked);
    EXPECT_EQ(framing_for(10), BodyFraming::until_close);
}

TEST(BodyFraming, AnEmptyPartDoesNotEndTheBody) {
    for (const auto framing : {BodyFraming::chunked, BodyFraming::until_close}) {
        std::string body;
        append_body(body, framing, "");
        EXPECT_EQ(body, "");
    }
    std::string plain;
    append_body(plain, BodyFraming::until_close, "as it is");
    EXPECT_EQ(plain, "as it is");
}

}  // namespace
}  // namespace rotacast::http
