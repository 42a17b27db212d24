#include "live/farewell.hpp"

#include <gtest/gtest.h>

// docs/protocol.md, "Close codes".

namespace rotacast::live {
namespace {

using net::SessionEnd;

TEST(Farewell, IsInTheWordsOfTheProtocol) {
    EXPECT_EQ(v1_farewell(SessionEnd::slow).code, 4410);
    EXPECT_EQ(v1_farewell(SessionEnd::silent).code, 1011);
    EXPECT_EQ(v1_farewell(SessionEnd::fault).code, 1011);
    EXPECT_EQ(v1_farewell(SessionEnd::shutdown).code, 1001);
    EXPECT_NE(v1_farewell(SessionEnd::silent), v1_farewell(SessionEnd::fault));
}

// npm's graphql-ws gives up after 1011.
TEST(Farewell, NeverEndsAGraphqlClientForGood) {
    EXPECT_EQ(graphql_farewell(SessionEnd::slow).code, 4410);
    EXPECT_EQ(graphql_farewell(SessionEnd::silent).code, 4408);
    EXPECT_EQ(graphql_farewell(SessionEnd::fault).code, 4503);
    EXPECT_EQ(graphql_farewell(SessionEnd::shutdown).code, 1001);
}

}  // namespace
}  // namespace rotacast::live
