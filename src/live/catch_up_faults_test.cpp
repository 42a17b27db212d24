#include "live/catch_up.hpp"

#include "live/catch_up_for_tests.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace rotacast::live {
namespace {

TEST(CatchUp, EndsOnlyTheClientThatThrows) {
    class Faulty final : public hub::Subscriber {
      public:
        Faulty() : Subscriber(0) {}
        void deliver(const hub::Frame&) override {
            if (++slices == 2) throw std::runtime_error("no words");
        }
        void on_fault() noexcept override { ended = true; }
        bool may_receive(const Topic&) const override { return true; }
        Uuid user() const override { return {}; }
        int slices = 0;
        bool ended = false;
    };
    ModelJournal journal;
    Server server(journal, 1'000);
    for (std::size_t i = 0; i < 3 * CatchUp::slice_events_max; ++i)
        journal.entries[++journal.last].emplace_back(std::uint8_t{1}, Topic::everybody());
    server.hand_over(journal.last);
    Faulty faulty;
    bool done = false;
    const auto catch_up = std::make_shared<CatchUp>(
        CatchUp::Environment{server.loop, server.hub, server.journal, server.history, 1'000},
        faulty,
        [] { return false; },
        [&](const CaughtUp&) { done = true; });
    catch_up->start({journal.epoch, {0}});
    EXPECT_NO_THROW(server.loop.poll());
    EXPECT_TRUE(faulty.ended);
    EXPECT_FALSE(faulty.attached());
    EXPECT_FALSE(done);
    EXPECT_EQ(faulty.slices, 2);
}

}  // namespace
}  // namespace rotacast::live
