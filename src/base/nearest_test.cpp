#include "base/nearest.hpp"

#include <gtest/gtest.h>

namespace rotacast {
namespace {

TEST(Nearest, FindsTheNameWithATypingMistake) {
    EXPECT_EQ(nearest("polcy", {"listen", "policy", "reject"}), "policy");
    EXPECT_EQ(nearest("tokens.acess_ttl", {"tokens.access_ttl_s", "tokens.refresh_ttl_s"}),
              "tokens.access_ttl_s");
}

TEST(Nearest, IsEmptyWhenNothingIsNear) {
    EXPECT_EQ(nearest("colour", {"listen", "policy"}), "");
    EXPECT_EQ(nearest("x", {}), "");
    EXPECT_EQ(nearest(std::string(nearest_name_max + 1, 'a'), {"a"}), "");
}

TEST(Nearest, CountsEachEditOnce) {
    EXPECT_EQ(edit_distance("", "abc"), 3u);
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
    EXPECT_EQ(edit_distance("sevre", "serve"), 1u);
    EXPECT_EQ(edit_distance("abcd", "badc"), 2u);
}

}  // namespace
}  // namespace rotacast
