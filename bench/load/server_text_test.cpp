#include "load/server_text.hpp"

#include <gtest/gtest.h>

namespace rotacast::bench {
namespace {

constexpr std::string_view resumed =
    R"({"event_type":"resumed","timestamp":"2026-11-23T18:18:49.259Z","id":"enter",)"
    R"("recovered":true,"reason":null,"replayed":12,"cursor":"516a4deddae2.2"})";

TEST(ServerText, FindsTheFieldsOfAMessage) {
    EXPECT_EQ(event_type_of(resumed), "resumed");
    EXPECT_EQ(text_field(resumed, "cursor"), "516a4deddae2.2");
    EXPECT_EQ(number_field(resumed, "replayed"), 12U);
}

TEST(ServerText, FindsNothingIfTheFieldHasAnotherType) {
    EXPECT_EQ(text_field(resumed, "reason"), std::nullopt);
    EXPECT_EQ(number_field(resumed, "cursor"), std::nullopt);
    EXPECT_EQ(text_field(resumed, "path"), std::nullopt);
    EXPECT_EQ(event_type_of(R"({"timestamp":"x","event_type":"ack"})"), "");
}

TEST(ServerText, ReadsTheNumberAtTheStart) {
    EXPECT_EQ(leading_number("0000000042 swapped"), 42U);
    EXPECT_EQ(leading_number("swapped"), 0U);
}

}  // namespace
}  // namespace rotacast::bench
