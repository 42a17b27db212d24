// Hostile documents are rejected by a limit. bench/ measures how long that takes.

#include "graphql/hostile_for_tests.hpp"
#include "graphql/prepared_for_tests.hpp"

#include <gtest/gtest.h>

namespace rotacast::graphql {
namespace {

class Hostile : public testing::TestWithParam<HostileRequest> {};

TEST_P(Hostile, IsRejectedOrCheap) {
    const auto& [name, request, refusal] = GetParam();
    const Limits limits;
    const auto made = prepare(schema(), request, limits);
    if (refusal.empty()) {
        ASSERT_TRUE(made.operation) << made.errors.front().message;
        EXPECT_LE(made.operation->root_fields().size(), limits.root_fields_max);
        EXPECT_LT(made.operation->shape().size(), 4 * limits.document_bytes_max);
        return;
    }
    ASSERT_FALSE(made.errors.empty());
    EXPECT_EQ(made.errors.front().message.substr(0, refusal.size()), refusal);
    EXPECT_LE(made.errors.size(), limits.errors_max + 1) << "one more says that there are more";
    EXPECT_LT(refusal_text(made.errors).size(), 64u * 1024);
}

INSTANTIATE_TEST_SUITE_P(
    Requests, Hostile, testing::ValuesIn(hostile_requests()), [](const auto& given) {
        std::string name = given.param.name;
        std::ranges::replace_if(
            name, [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
        return name;
    });

}  // namespace
}  // namespace rotacast::graphql
