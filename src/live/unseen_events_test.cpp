#include "live/unseen_events.hpp"

#include <gtest/gtest.h>

namespace rotacast::live {
namespace {

/// Receipts with so many unseen events, and others.
bus::Receipts receipts(std::size_t unseen) {
    bus::Receipts all(unseen + 2);
    for (std::size_t i = 0; i <= unseen; ++i) all[i].unseen = {"/schedule_id"};
    all[unseen].duplicate = true;
    return all;
}

TEST(UnseenEvents, AreCountedByKey) {
    UnseenEvents unseen;
    unseen.count("key:ehr", receipts(0));
    EXPECT_TRUE(unseen.counts().empty());
    unseen.count("key:ehr", receipts(2));
    unseen.count("key:tokens", receipts(1));
    unseen.count("user:6ba7b811-9dad-11d1-80b4-00c04fd430c8", receipts(3));
    unseen.count("user:6ba7b810-9dad-11d1-80b4-00c04fd430c8", receipts(4));
    unseen.count("key:ehr", receipts(5));
    EXPECT_EQ(unseen.counts(), (CountByLabel{{"key:ehr", 7}, {"key:tokens", 1}, {"tokens", 7}}));
}

TEST(UnseenEvents, HaveABoundedNumberOfLabels) {
    UnseenEvents unseen;
    for (std::size_t i = 0; i < 2 * UnseenEvents::labels_max; ++i)
        unseen.count("key:" + std::to_string(i), receipts(1));
    const auto counts = unseen.counts();
    EXPECT_EQ(counts.size(), UnseenEvents::labels_max + 1);
    EXPECT_EQ(counts.at("others"), static_cast<std::int64_t>(UnseenEvents::labels_max));
}

}  // namespace
}  // namespace rotacast::live
