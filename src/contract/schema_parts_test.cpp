#include "contract/schema_parts.hpp"

#include <gtest/gtest.h>

namespace rotacast::contract {
namespace {

TEST(SchemaParts, AcceptNullBesideTheType) {
    EXPECT_EQ(or_null(integer()), (json::object{{"type", {"integer", "null"}}}));
    EXPECT_EQ(or_null(moment()).at("type"), (json::value{"string", "null"}));
}

}  // namespace
}  // namespace rotacast::contract
