#pragma once

// For tests: a bus under manual control, with its deliveries in a file.

#include "bus/dispatching_for_tests.hpp"
#include "store/scratch_directory.hpp"
#include "store/sqlite_deliveries.hpp"

namespace rotacast::store {

using namespace std::chrono_literals;
using bus::DeadLetterFilter;
using bus::DeliveryState;
using bus::HandlerContext;
using bus::Offset;
using bus::Outcome;
using events::ScheduleArchived;
using events::ScheduleDeleted;

class Dispatching : public bus::Dispatching {
  protected:
    ~Dispatching() override { dispatcher.reset(); }  // before its folder is removed

    std::unique_ptr<bus::DeliveryStore> open_store() override {
        auto opened = SqliteDeliveries::open(folder.file(file));
        EXPECT_TRUE(opened) << opened.error().message;
        return opened ? std::move(*opened) : nullptr;
    }

    ScratchDirectory folder;
    std::string file = "bus.db";
};

}  // namespace rotacast::store
