#include "bus/delivery_rows.hpp"

#include "bus/journal_for_tests.hpp"
#include "bus/memory_deliveries_for_tests.hpp"

#include <gtest/gtest.h>

namespace rotacast::bus {
namespace {

using namespace std::chrono_literals;

class DeliveryRowsTest : public testing::Test {
  protected:
    DeliveryRowsTest() {
        record.name = "s";
        store().save(record);
    }

    DeliveryStore& store() { return cycle.store(); }

    Entry entry(Offset offset) const {
        Entry entry;
        entry.offset = offset;
        entry.envelope = events::wrap(events::ScheduleArchived{"a", "x", {}});
        entry.envelope.metadata.event_id = Uuid::random();
        return entry;
    }

    Delivery added(Offset offset, std::uint64_t key) {
        auto row = rows.row_of(entry(offset), key, 0);
        EXPECT_TRUE(rows.add_behind(cycle, row));
        return row;
    }

    /// Checks the numbers in memory against the store.
    void expect_true_numbers() {
        OrderingKeys other_keys;
        DeliveryRows other(record, options, other_keys);
        other.load(store());
        EXPECT_EQ(rows.outstanding(), other.outstanding());
        EXPECT_EQ(rows.replaying(), other.replaying());
        EXPECT_EQ(rows.dead(), other.dead());
        EXPECT_EQ(rows.suspects(), other.suspects());
        EXPECT_EQ(keys.size(), other_keys.size());
    }

    DispatcherOptions options;
    MemoryJournal journal;
    MemoryDeliveries deliveries{std::make_shared<MemoryDisk>()};
    EntryReader reader{journal, 100, 1000};
    WriteBatcher writes{deliveries, 0ms};
    CrashQuarantine quarantine;
    DispatchCycle cycle{writes, reader, quarantine, Timestamp(1'700'000'000'000ms), SteadyTime{}};
    SubscriberRecord record;
    OrderingKeys keys;
    DeliveryRows rows{record, options, keys};
};

TEST_F(DeliveryRowsTest, TheSecondRowOfAKeyWaitsForTheFirst) {
    const auto first = added(1, 7);
    EXPECT_EQ(first.state, DeliveryState::waiting);
    EXPECT_EQ(added(2, 7).state, DeliveryState::pending);
    EXPECT_EQ(added(3, 8).state, DeliveryState::waiting);
    expect_true_numbers();
    rows.remove_done(cycle, first);
    EXPECT_EQ(rows.outstanding(), 2);
    EXPECT_EQ(store().count(record.id)[0], 0) << "the pending one is promoted";
    expect_true_numbers();
}

TEST_F(DeliveryRowsTest, AnEventHasOneRow) {
    auto row = added(1, 7);
    EXPECT_FALSE(rows.add_behind(cycle, row));
    EXPECT_EQ(rows.outstanding(), 1);
    expect_true_numbers();
}

TEST_F(DeliveryRowsTest, DueRowsAreLeasedUpToTheBound) {
    added(1, 7);
    added(2, 8);
    added(3, 9);
    std::vector<Delivery> leased;
    const auto lease = [&](Delivery row) {
        rows.lease(cycle, row);
        leased.push_back(std::move(row));
    };
    rows.lease_due(cycle, 2, lease);
    ASSERT_EQ(leased.size(), 2u);
    EXPECT_EQ(leased[0].attempts, 1);
    EXPECT_EQ(rows.leased(), 2u);
    rows.lease_due(cycle, 2, lease);
    EXPECT_EQ(leased.size(), 2u);
    rows.give_back(cycle, leased[0]);
    rows.end_lease();
    EXPECT_EQ(leased[0].attempts, 0) << "it was not made";
    expect_true_numbers();
}

TEST_F(DeliveryRowsTest, ARowWhoseKeyIsInFlightIsNotLeased) {
    added(1, 7);
    keys.begin_attempt(7);
    rows.lease_due(cycle, 2, [](Delivery) { FAIL(); });
    keys.end_attempt(7);
}

TEST_F(DeliveryRowsTest, ADeadLetterNoLongerBlocksItsKey) {
    auto row = added(1, 7);
    const auto second = added(2, 7);
    rows.make_dead(cycle, row);
    rows.update_failed(cycle, row, false);
    EXPECT_EQ(rows.dead(), 1);
    EXPECT_EQ(rows.outstanding(), 1);
    expect_true_numbers();
    rows.remove_done(cycle, second);
    EXPECT_EQ(keys.size(), 0u);
}

TEST_F(DeliveryRowsTest, AReplayedLetterBlocksNothingUntilItIsAdmitted) {
    ASSERT_TRUE(rows.add_replayed(cycle, entry(1), 1, cycle.now));
    EXPECT_EQ(rows.replaying(), 1);
    EXPECT_EQ(keys.size(), 0u);
    expect_true_numbers();
    rows.admit_replayed(cycle);
    EXPECT_EQ(rows.replaying(), 0);
    EXPECT_EQ(rows.outstanding(), 1);
    expect_true_numbers();
}

TEST_F(DeliveryRowsTest, SuspectsAreCountedUntilTheirHandlerReturns) {
    auto row = rows.row_of(entry(1), 7, 1);
    row.suspect = true;
    ASSERT_TRUE(rows.add_behind(cycle, row));
    EXPECT_EQ(rows.suspects(), 1);
    ASSERT_TRUE(rows.due_suspect(cycle));
    expect_true_numbers();
    row.suspect = false;
    rows.update_failed(cycle, row, true);
    EXPECT_EQ(rows.suspects(), 0);
    EXPECT_FALSE(rows.due_suspect(cycle));
    expect_true_numbers();
}

}  // namespace
}  // namespace rotacast::bus
