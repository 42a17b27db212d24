#include "bus/cursor.hpp"

#include <gtest/gtest.h>

namespace rotacast::bus {
namespace {

TEST(Cursor, ComesBackFromItsText) {
    const Cursor cursor{"k3x9", 18446744073709551615ULL};
    EXPECT_EQ(Cursor::parse(to_string(cursor)), cursor);
}

TEST(Cursor, RefusesWhatIsNoCursor) {
    for (const auto* text : {"",
                             ".",
                             "a.",
                             ".1",
                             "a.-1",
                             "a.1x",
                             "a b.1",
                             "a.18446744073709551616",
                             "a123456789012345678901234567890123.1"})
        EXPECT_FALSE(Cursor::parse(text)) << text;
}

}  // namespace
}  // namespace rotacast::bus
