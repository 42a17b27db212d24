#include "store/sqlite_deliveries.hpp"

#include "bus/delivery_store_suite.hpp"
#include "store/scratch_directory.hpp"

namespace rotacast::bus {
namespace {

struct InAFile {
    std::unique_ptr<DeliveryStore> open() {
        return store::SqliteDeliveries::open(folder.file("bus.db")).value();
    }
    store::ScratchDirectory folder;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, DeliveryStoreSuite, InAFile);

}  // namespace
}  // namespace rotacast::bus
