#include "projection/bounded_map.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

namespace rotacast::projection {
namespace {

TEST(BoundedMap, EvictsTheKeyThatWasPutLongestAgo) {
    BoundedMap<int> map(2);
    EXPECT_EQ(map.oldest_offset(), 0u);
    map.put("a", 1, 1);
    map.put("b", 2, 2);
    map.put("a", 3, 3);
    EXPECT_EQ(map.oldest_offset(), 2u);
    map.put("c", 4, 4);
    EXPECT_EQ(map.size(), 2u);
    EXPECT_EQ(map.find("b"), nullptr);
    EXPECT_EQ(*map.find("a"), 3);
    EXPECT_EQ(*map.find("c"), 4);
}

TEST(BoundedMap, WithABoundOfZeroKeepsNothing) {
    BoundedMap<int> map(0);
    map.put("a", 1, 1);
    EXPECT_EQ(map.size(), 0u);
}

TEST(BoundedMap, VisitsInSteps) {
    BoundedMap<int> map(10);
    for (int i = 0; i < 5; ++i) map.put(std::to_string(i), i, 1);
    int sum = 0;
    const auto add = [&](int value) { sum += value; };
    EXPECT_TRUE(map.visit_slots(0, 2, add));
    EXPECT_TRUE(map.visit_slots(2, 2, add));
    EXPECT_FALSE(map.visit_slots(4, 2, add));
    EXPECT_EQ(sum, 10);
}

// Compared with a simple model that searches a list.
TEST(BoundedMap, BehavesLikeAList) {
    struct Item {
        std::string key;
        int value;
        events::Offset offset;
        bool kept;
    };
    BoundedMap<int> map(7);
    std::vector<Item> list;
    std::mt19937 random(1);
    for (int i = 0; i < 20'000; ++i) {
        const auto offset = static_cast<events::Offset>(i / 3);
        if (random() % 5 != 0) {
            const auto key = std::to_string(random() % 15);
            std::erase_if(list, [&](const Item& item) { return item.key == key; });
            if (list.size() == 7) list.erase(list.begin());
            list.push_back({key, i, offset, false});
            map.put(key, i, offset);
        } else {
            std::size_t left = random() % 4;
            std::vector<std::string> visited;
            map.visit_unkept([&](std::string_view key, int, events::Offset) {
                if (left == 0) return false;
                --left;
                visited.emplace_back(key);
                return true;
            });
            const bool keep = random() % 2 == 0;
            std::size_t next = 0;
            for (auto& item : list) {
                if (item.kept || next == visited.size()) continue;
                ASSERT_EQ(visited[next++], item.key);
                item.kept = keep;
            }
            ASSERT_EQ(next, visited.size());
            if (keep) map.keep_visited();
        }
        ASSERT_EQ(map.size(), list.size());
        if (!list.empty()) {
            ASSERT_EQ(map.oldest_offset(), list.front().offset);
        }
        for (const auto& item : list) ASSERT_EQ(*map.find(item.key), item.value);
    }
}

}  // namespace
}  // namespace rotacast::projection
