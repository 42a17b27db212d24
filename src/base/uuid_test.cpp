#include "base/uuid.hpp"

#include "base/time.hpp"

#include <gtest/gtest.h>

#include <set>

namespace rotacast {
namespace {

constexpr std::string_view plain = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";

TEST(Uuid, AcceptsEveryFormThatTheOriginalAccepts) {
    for (const std::string_view text : {"aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee",
                                        "AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE",
                                        "{aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee}",
                                        "urn:uuid:aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee",
                                        "uuid:aaaaaaaabbbb4ccc8dddeeeeeeeeeeee",
                                        "aaaaaaaabbbb4ccc8dddeeeeeeeeeeee"}) {
        const auto uuid = Uuid::parse(text);
        ASSERT_TRUE(uuid) << text;
        EXPECT_EQ(to_string(*uuid), plain);
    }
}

// Computed with uuid5 of Python's standard library.
TEST(Uuid, NamesAThingWithinANamespace) {
    const auto dns = Uuid::parse("6ba7b810-9dad-11d1-80b4-00c04fd430c8").value();
    const auto named = Uuid::named(dns, "www.example.com");
    EXPECT_EQ(to_string(named), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
    EXPECT_NE(Uuid::named(named, "www.example.com"), named);
    EXPECT_NE(Uuid::named(dns, ""), named);
}

TEST(Uuid, RejectsAnythingElse) {
    for (const std::string_view text : {"",
                                        "s1",
                                        "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeee",
                                        "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeeee",
                                        "gaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee",
                                        " aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"})
        EXPECT_FALSE(Uuid::parse(text)) << text;
}

TEST(Uuid, RejectsOneWrongCharacterAtEveryPosition) {
    for (std::size_t at = 0; at < plain.size(); ++at) {
        for (const char wrong : {'g', '/', ':', '@', '`', ' ', '\xe9', '\0'}) {
            std::string text(plain);
            text[at] = wrong;
            EXPECT_FALSE(Uuid::parse(text)) << text;
        }
    }
}

TEST(Uuid, AcceptsHyphensAnywhere) {
    EXPECT_EQ(Uuid::parse("aaaaaaaab-bbb-4ccc-8ddd-eeeeeeeeeeee"), Uuid::parse(plain));
    EXPECT_EQ(Uuid::parse("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeee-e"), Uuid::parse(plain));
}

TEST(Uuid, RandomIdentifiersDifferAndAreVersionFour) {
    std::set<Uuid> seen;
    for (int i = 0; i < 1000; ++i) {
        const auto uuid = Uuid::random();
        EXPECT_EQ(uuid.bytes[6] >> 4, 4);
        seen.insert(uuid);
    }
    EXPECT_EQ(seen.size(), 1000u);
}

TEST(Uuid, TimeOrderedIdentifiersStartWithTheTime) {
    const auto before = now().time_since_epoch().count();
    const auto text = to_string(Uuid::time_ordered());
    const auto stamp = std::stoll(text.substr(0, 8) + text.substr(9, 4), nullptr, 16);
    EXPECT_GE(stamp, before);
    EXPECT_LE(stamp, now().time_since_epoch().count());
    EXPECT_EQ(text[14], '7');
}

TEST(Uuid, DerivedIdentifiersDependOnlyOnTheirArguments) {
    const auto origin = *Uuid::parse(plain);
    EXPECT_EQ(Uuid::derived(origin, 1), Uuid::derived(origin, 1));
    EXPECT_NE(Uuid::derived(origin, 1), Uuid::derived(origin, 2));
    EXPECT_NE(Uuid::derived(origin, 0), origin);
}

}  // namespace
}  // namespace rotacast
