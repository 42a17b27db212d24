#include "load/sequence_check.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

namespace rotacast::bench {
namespace {

SequenceCheck after(std::initializer_list<std::uint64_t> numbers) {
    SequenceCheck check;
    for (const std::uint64_t number : numbers) check.add(number);
    return check;
}

TEST(SequenceCheck, AcceptsEachNumberOnceAndInOrder) {
    const auto check = after({1, 2, 3});
    EXPECT_EQ(check.last(), 3U);
    EXPECT_EQ(check.seen(), 3U);
    EXPECT_EQ(check.skipped(), 0U);
    EXPECT_EQ(check.repeated(), 0U);
}

TEST(SequenceCheck, CountsMissingNumbersAtTheStartAndInBetween) {
    EXPECT_EQ(after({2, 3, 7}).skipped(), 4U);
}

TEST(SequenceCheck, CountsRepeatedNumbers) {
    EXPECT_EQ(after({1, 2, 2, 1, 3}).repeated(), 2U);
}

TEST(SequenceCheck, DetectsAWrongOrder) {
    const auto check = after({1, 3, 2});
    EXPECT_EQ(check.skipped(), 1U);
    EXPECT_EQ(check.repeated(), 1U);
}

}  // namespace
}  // namespace rotacast::bench
