// Handlers that do not return when the dispatcher is closed.

#include "bus/dispatching_for_tests.hpp"

#include <future>

namespace rotacast::bus {
namespace {

using DispatcherClose = Dispatching;

TEST_F(DispatcherClose, ReportsThatAllHandlersReturned) {
    options.start_thread = {};
    options.close_grace = 60s;
    std::promise<void> began;
    ASSERT_TRUE(bus.on("s", [&](const ScheduleArchived&) { began.set_value(); }));
    settle();
    publish();
    settle();
    began.get_future().wait();
    EXPECT_EQ(dispatcher->close(), 0u);
    EXPECT_EQ(dispatcher->close(), 0u) << "and again";
}

// The detached thread must share ownership of whatever it uses of the bus.
TEST_F(DispatcherClose, ReportsHandlersThatDidNotReturnAndTheirThreadsOutliveIt) {
    std::promise<void> go;
    std::weak_ptr<int> alive;
    {
        MemoryJournal its_journal;
        Bus its_bus(its_journal);
        DispatcherOptions its_options;
        its_options.close_grace = 0ms;
        Dispatcher its(its_bus, its_journal, open_store(), its_options);
        its_journal.follow([&](EntryBatchPtr batch) { its.on_entries(std::move(batch)); });
        std::promise<void> began;
        const auto captured = std::make_shared<int>(1);
        alive = captured;
        ASSERT_TRUE(its_bus.on("s",
                               [&began, captured, may_go = go.get_future().share()](
                                   const ScheduleArchived& event, HandlerContext& context) {
                                   began.set_value();
                                   may_go.wait();
                                   context.handler_log("seen", event.schedule_id);
                               }));
        its.cycle();
        its_bus.publish(ScheduleArchived{"a", "x", {}}).get().value();
        its.cycle();
        began.get_future().wait();
        EXPECT_EQ(its.close(), 1u);
    }
    EXPECT_FALSE(alive.expired());
    go.set_value();
    while (!alive.expired()) std::this_thread::yield();  // until the thread has released everything
}

}  // namespace
}  // namespace rotacast::bus
