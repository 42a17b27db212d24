// The in-memory store passes the port's suite, so tests that use it hold for every store.

#include "bus/delivery_store_suite.hpp"
#include "bus/memory_deliveries_for_tests.hpp"

namespace rotacast::bus {
namespace {

struct MemoryPlace {
    std::unique_ptr<DeliveryStore> open() { return std::make_unique<MemoryDeliveries>(disk); }
    std::shared_ptr<MemoryDisk> disk = std::make_shared<MemoryDisk>();
};

INSTANTIATE_TYPED_TEST_SUITE_P(InMemory, DeliveryStoreSuite, MemoryPlace);

TEST(MemoryDisk, ACopyHasOnlyCommittedRows) {
    const auto disk = std::make_shared<MemoryDisk>();
    MemoryDeliveries store(disk);
    SubscriberRecord record;
    record.name = "s";
    store.begin(Durability::safe);
    store.save(record);
    ASSERT_TRUE(store.commit());
    store.begin(Durability::safe);
    record.done = 5;
    store.save(record);
    EXPECT_EQ(disk->copy()->peek().subscribers.at(record.id).done, 0);
    EXPECT_EQ(disk->peek().subscribers.at(record.id).done, 5);
}

TEST(MemoryDisk, DetectsMisuse) {
    const auto disk = std::make_shared<MemoryDisk>();
    MemoryDeliveries store(disk);
    store.nobody_present();
    EXPECT_EQ(disk->misuses(), 1);
    store.begin(Durability::safe);
    store.begin(Durability::safe);
    EXPECT_EQ(disk->misuses(), 2);
}

}  // namespace
}  // namespace rotacast::bus
