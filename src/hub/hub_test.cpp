// Loops that run at different speeds all receive what is published.

#include "hub/hub.hpp"

#include "hub/batches_for_tests.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace rotacast::hub {
namespace {

using for_tests::change_of;
using for_tests::cursor_encodings;

/// Records the cursors of all publications it receives.
class Screen final : public Subscriber {
  public:
    explicit Screen(LoopHub& hub) : Subscriber(0), hub_(hub) { hub.attach(*this); }
    ~Screen() { hub_.detach(*this); }
    void deliver(const Frame& frame) override { seen += frame.bytes; }
    bool journal_broke(Break, std::string_view, std::string_view now) override {
        seen += '(' + std::string(now) + ')';
        return true;
    }
    void on_fault() noexcept override { ended = true; }
    bool may_receive(const Topic&) const override { return true; }
    Uuid user() const override { return {}; }

    std::string seen;
    bool ended = false;

  private:
    LoopHub& hub_;
};

JournalRange stretch_after(events::Offset after, std::size_t entries) {
    std::vector<Publication> publications;
    for (std::size_t i = 0; i < entries; ++i)
        publications.push_back(change_of(1, {Topic::everybody()}));
    JournalRange range{after, after + entries, entries * 100, std::move(publications)};
    for (std::size_t i = 0; i < entries; ++i) {
        range.publications[i].position = {after + i + 1};
        range.publications[i].cursor = std::to_string(after + i + 1);
    }
    return range;
}

std::string numbers(int first, int last) {
    std::string text;
    for (int i = first; i <= last; ++i) text += std::to_string(i) + ' ';
    return text;
}

/// Two loops, one of which is blocked, and a journal that has everything except what was trimmed.
struct HubTest : testing::Test {
    void publish(std::size_t entries = 1) {
        hub.publish(stretch_after(last, entries));
        last += entries;
    }
    std::size_t run(boost::asio::io_context& loop) {
        loop.restart();
        return loop.poll();
    }
    HubOptions options() {
        HubOptions options;
        options.published.publications_max = 10;
        options.read = [this](events::Offset after, std::size_t limit, auto done) {
            ++reads;
            if (!readable) return done(Error{ErrorCode::unavailable, "", ""});
            after = std::max(after, trimmed_to);
            done(stretch_after(after, std::min<std::size_t>(limit, last - after)));
        };
        return options;
    }

    events::Offset last = 0;
    events::Offset trimmed_to = 0;
    bool readable = true;
    int reads = 0;
    boost::asio::io_context running;
    boost::asio::io_context standing;
    Hub hub{{running.get_executor(), standing.get_executor()}, cursor_encodings(), options()};
    Screen here{hub.on_loop(0)};
    Screen there{hub.on_loop(1)};
};

TEST_F(HubTest, DeliversEveryBatchToEveryLoopInOrder) {
    for (std::size_t i = 0; i < 5; ++i) publish(i);
    run(running);
    run(standing);
    EXPECT_EQ(here.seen, numbers(1, 10));
    EXPECT_EQ(there.seen, numbers(1, 10));
    EXPECT_EQ(reads, 0);
    EXPECT_EQ(hub.feed_stats().entries_behind, 0u);
}

TEST_F(HubTest, QueuesAtMostOneMessageToABlockedLoop) {
    for (int i = 0; i < 1'000; ++i) {
        publish();
        run(running);
    }
    EXPECT_EQ(here.seen, numbers(1, 1'000));
    EXPECT_EQ(hub.feed_stats().entries_behind, 1'000u);
    standing.restart();
    EXPECT_EQ(standing.poll_one(), 1u);
    EXPECT_EQ(reads, 1) << "what is not in memory any more";
    EXPECT_LT(run(standing), 20u) << "two for each block that is read";
}

TEST_F(HubTest, ABlockedLoopLaterReadsEverythingFromTheJournalOnceAndInOrder) {
    for (int i = 0; i < 1'000; ++i) publish();
    run(standing);
    EXPECT_EQ(there.seen, numbers(1, 1'000));
    EXPECT_EQ(hub.feed_stats().entries_behind, 1'000u) << "of the other loop";
    EXPECT_EQ(hub.feed_stats().catch_ups, 1u);
    publish();
    run(standing);
    EXPECT_EQ(there.seen, numbers(1, 1'001));
    EXPECT_FALSE(there.ended);
}

// What is published while the journal is read comes neither before nor instead of what is read.
TEST_F(HubTest, DeliversWhatIsPublishedWhileALoopCatchesUp) {
    for (int i = 0; i < 400; ++i) publish(3);
    standing.restart();
    while (standing.poll_one() > 0)
        if (last < 3'000) publish(2);
    EXPECT_EQ(there.seen, numbers(1, static_cast<int>(last)));
    EXPECT_GT(reads, 1);
}

TEST_F(HubTest, TellsOfAHoleInTheJournalAndGoesOn) {
    for (int i = 0; i < 100; ++i) publish();
    trimmed_to = 50;
    run(standing);
    EXPECT_EQ(there.seen, "(.50)" + numbers(51, 100));
    Screen next(hub.on_loop(1));
    publish();
    run(standing);
    EXPECT_EQ(next.seen, "101 ");
    EXPECT_EQ(hub.on_loop(1).recent().next({20}), nullptr) << "who comes back reads the journal";
}

TEST_F(HubTest, GoesOnAfterAHoleThatIsAnnouncedWithoutReadingTheJournal) {
    publish(2);
    run(running);
    last = 10;
    hub.publish({.after = 10, .up_to = 10, .publications = {}});
    run(running);
    EXPECT_EQ(here.seen, numbers(1, 2) + "(.10)");
    publish();
    run(running);
    run(standing);
    EXPECT_EQ(here.seen, numbers(1, 2) + "(.10)" + numbers(11, 11));
    EXPECT_EQ(there.seen, "(.10)" + numbers(11, 11)) << "it lost what came before, too";
    EXPECT_EQ(reads, 0);
}

// A range without an extent, after the newest entry.
JournalRange early_after(events::Offset after, std::string name) {
    auto publication = change_of(1, {Topic::everybody()});
    publication.cursor = std::move(name);
    return {.after = after, .up_to = after, .publications = {std::move(publication)}};
}

TEST_F(HubTest, ShowsUnorderedEventsAfterWhatWasPublishedBefore) {
    publish(2);
    hub.show_early(early_after(2, "early"));
    hub.show_early(early_after(2, "next"));
    run(running);
    EXPECT_EQ(here.seen, numbers(1, 2) + "early next ");
    publish();
    run(running);
    run(standing);
    EXPECT_EQ(here.seen, numbers(1, 2) + "early next 3 ");
    EXPECT_EQ(there.seen, here.seen);
}

TEST_F(HubTest, DropsUnorderedEventsThatALoopHasPassed) {
    for (int i = 0; i < 50; ++i) publish();
    hub.show_early(early_after(50, "early"));
    for (int i = 0; i < 50; ++i) publish();
    run(standing);
    EXPECT_EQ(there.seen, numbers(1, 100)) << "it was read past them";
}

TEST_F(HubTest, KeepsABoundedNumberOfUnorderedEventsForABlockedLoop) {
    for (std::size_t i = 0; i < LoopFeed::early_batches_max + 5; ++i)
        hub.show_early(early_after(0, "e"));
    run(standing);
    EXPECT_EQ(there.seen.size(), 2 * LoopFeed::early_batches_max);
}

TEST_F(HubTest, ALoopThatCannotReadTheJournalTriesAgainWithTheNextBatch) {
    for (int i = 0; i < 100; ++i) publish();
    readable = false;
    run(standing);
    EXPECT_EQ(there.seen, "");
    EXPECT_FALSE(there.ended);
    readable = true;
    publish();
    run(standing);
    EXPECT_EQ(there.seen, numbers(1, 101));
}

TEST_F(HubTest, KeepsNoMoreBytesForABlockedLoopThanItsBound) {
    HubOptions large = options();
    large.published = {.publications_max = 1'000, .bytes_max = 1'000};
    Hub bounded({standing.get_executor()}, cursor_encodings(), large);
    Screen screen(bounded.on_loop(0));
    for (; last < 100; ++last) bounded.publish(stretch_after(last, 1));
    run(standing);
    EXPECT_EQ(screen.seen, numbers(1, 100));
    EXPECT_EQ(reads, 1) << "a batch has 100 bytes, so the log keeps ten";
}

// The entries of the former epoch that it missed are lost, and it is told so.
TEST_F(HubTest, ABlockedLoopIsToldOfANewEpochAndContinuesInIt) {
    for (int i = 0; i < 100; ++i) publish();
    hub.publish({5, 5, 0, {}, "f"});
    auto next = stretch_after(5, 2);
    next.epoch = "f";
    hub.publish(std::move(next));
    run(standing);
    EXPECT_EQ(there.seen, "(f.5)6 7 ");
    EXPECT_FALSE(there.ended);
    EXPECT_EQ(reads, 0);
    EXPECT_EQ(hub.on_loop(1).recent().position(), 7u);
}

// Threads as in the server: whatever the loops' pace, each batch arrives once and in order.
TEST(Hub, DeliversEverythingToLoopsOfDifferentPace) {
    constexpr int batches = 2'000;
    events::Offset last = 0;
    std::array<boost::asio::io_context, 2> loops;
    boost::asio::thread_pool worker{1};
    HubOptions options;
    options.published.publications_max = 4;
    options.read = [&](events::Offset after, std::size_t limit, auto done) {
        boost::asio::post(worker, [=] { done(stretch_after(after, limit)); });
    };
    Hub hub({loops[0].get_executor(), loops[1].get_executor()}, cursor_encodings(), options);
    Screen first(hub.on_loop(0));
    Screen second(hub.on_loop(1));
    std::vector<std::thread> threads;
    std::vector<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work;
    for (auto& loop : loops) {
        work.push_back(boost::asio::make_work_guard(loop));
        threads.emplace_back([&loop] { loop.run(); });
    }
    for (int i = 0; i < batches; ++i) {
        hub.publish(stretch_after(last, 1));
        ++last;
        if (i % 500 == 0) boost::asio::post(loops[1], [] { std::this_thread::yield(); });
    }
    while (hub.feed_stats().entries_behind > 0) std::this_thread::yield();
    worker.join();
    for (auto& loop : loops) loop.stop();
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(first.seen, numbers(1, batches));
    EXPECT_EQ(second.seen, numbers(1, batches));
}

}  // namespace
}  // namespace rotacast::hub
