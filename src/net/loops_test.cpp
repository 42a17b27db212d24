#include "net/loops.hpp"

#include <gtest/gtest.h>

#include <array>
#include <future>
#include <memory>
#include <stdexcept>
#include <utility>

namespace rotacast::net {
namespace {

/// Throws when told to.
class Member final : public LoopMember {
  public:
    void on_tick(const Tick&) override {
        ++ticks;
        if (faulty) throw std::runtime_error("tick");
    }
    void on_draining(std::chrono::milliseconds, std::chrono::milliseconds) override {
        ++warnings;
        if (faulty) throw std::runtime_error("draining");
    }
    void on_drain() override {
        ++drains;
        if (faulty) throw std::runtime_error("drain");
    }
    void abort() override {
        ++aborts;
        if (auto* const its_loop = std::exchange(loop, nullptr))
            its_loop->post([this, its_loop] { its_loop->remove(*this); });
        if (faulty) throw std::runtime_error("abort");
    }

    bool faulty = false;
    Loop* loop = nullptr;  ///< nullptr once aborted
    int ticks = 0;
    int warnings = 0;
    int drains = 0;
    int aborts = 0;
};

struct LoopTest : testing::Test {
    LoopTest() {
        for (auto& member : members) {
            member = std::make_shared<Member>();
            loop.add(member);
        }
        members[1]->faulty = true;
    }

    Loop loop{0};
    std::array<std::shared_ptr<Member>, 3> members;
};

TEST_F(LoopTest, TicksAllMembersWhenOneThrowsAndEndsThatOne) {
    loop.pass_time(loop.tick());
    loop.pass_time(loop.tick());
    for (const auto& member : members) EXPECT_EQ(member->ticks, 2);
    EXPECT_EQ(members[0]->aborts, 0);
    EXPECT_EQ(members[1]->aborts, 2) << "again, as long as it is there";
    EXPECT_EQ(members[2]->aborts, 0);
}

TEST(Loops, DrainAllSessionsWhenOneThrows) {
    Loops loops(1);
    loops.start();
    std::array<std::shared_ptr<Member>, 3> members;
    std::promise<void> there;
    loops[0].post([&] {
        for (auto& member : members) {
            member = std::make_shared<Member>();
            member->loop = &loops[0];
            loops[0].add(member);
        }
        members[1]->faulty = true;
        there.set_value();
    });
    there.get_future().wait();
    loops.drain({}, {});
    loops.stop();
    for (const auto& member : members) {
        EXPECT_EQ(member->warnings, 1);
        EXPECT_EQ(member->drains, 1);
        EXPECT_GE(member->aborts, 1);
    }
}

}  // namespace
}  // namespace rotacast::net
