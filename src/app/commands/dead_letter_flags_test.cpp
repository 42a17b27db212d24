#include "app/commands/dead_letter_flags.hpp"

#include "app/commands/operator_client.hpp"

#include <CLI/App.hpp>
#include <gtest/gtest.h>

namespace rotacast::app {
namespace {

std::string body_of(const std::string& words) {
    CLI::App app;
    const auto flags = DeadLetterFlags::add_selection(app);
    app.parse(words);
    return reflect::to_json_text(flags->body());
}

TEST(DeadLetterFlags, BecomeTheMembersOfASelection) {
    EXPECT_EQ(body_of(""), "{}");
    EXPECT_EQ(body_of("--all"), R"({"all":true})");
    EXPECT_EQ(body_of("--id 7"), R"({"id":7})");
    EXPECT_EQ(body_of("--subscriber audit --error Timeout --event-type SwapApproved"),
              R"({"subscriber":"audit","event_type":"SwapApproved","error":"Timeout"})");
}

TEST(DeadLetterFlags, RejectInvalidIdsAndNumbers) {
    EXPECT_THROW(body_of("--event-id seven"), CLI::ParseError);
    EXPECT_THROW(body_of("--id seven"), CLI::ParseError);
    EXPECT_THROW(body_of("--id 0"), CLI::ParseError);
}

TEST(Query, IsPercentEncodedAndLeavesOutWhatIsEmpty) {
    EXPECT_EQ(with_query("/dead-letters", {{"subscriber", ""}, {"error", ""}}), "/dead-letters");
    EXPECT_EQ(with_query("/dead-letters",
                         {{"subscriber", "a.b-c_d:e"}, {"event_type", ""}, {"error", "100% ü+&"}}),
              "/dead-letters?subscriber=a.b-c_d%3Ae&error=100%25%20%C3%BC%2B%26");
}

}  // namespace
}  // namespace rotacast::app
