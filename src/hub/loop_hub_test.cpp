#include "hub/loop_hub.hpp"

#include "hub/loop_hub_for_tests.hpp"

#include <algorithm>
#include <random>
#include <set>

#include <unistd.h>

namespace rotacast::hub {
namespace {

using namespace for_tests;

TEST(LoopHub, DeliversToWatchersOnly) {
    LoopHub hub;
    Screen watcher(hub);
    Screen other(hub);
    watcher.watch(schedule(1));
    other.watch(person(1));
    hub.deliver(batch({about("a", {schedule(1)}), about("b", {schedule(2)})}));
    EXPECT_EQ(watcher.seen, "a");
    EXPECT_EQ(other.seen, "");
}

TEST(LoopHub, TellsEverybodyOfANewEpochBeforeItsFirstBatch) {
    LoopHub hub(7, {}, "a");
    Screen first(hub);
    Screen second(hub);
    Screen third(hub);
    third.watch(schedule(1));
    first.on_break = [&] {
        first.leave();
        second.leave();
    };
    const auto of_b = std::make_shared<const PublicationBatch>(
        JournalRange{5, 6, 0, {about("x", {schedule(1)})}, "b"}, encodings);
    hub.deliver(of_b);
    EXPECT_EQ(first.seen, "<a.7 b.5>");
    EXPECT_EQ(second.seen, "") << "it had left by then";
    EXPECT_EQ(third.seen, "<a.7 b.5>x");
}

TEST(LoopHub, TellsOfTrimmedEntriesAndEndsThoseWhoCannotBeTold) {
    LoopHub hub(7, {}, "a");
    Screen told(hub);
    Screen untold(hub);
    untold.tells_breaks = false;
    hub.deliver(std::make_shared<const PublicationBatch>(
        JournalRange{9, 10, 0, {about("x", {Topic::everybody()})}, "a"}, encodings));
    EXPECT_EQ(told.seen, "{a.7 a.9}x");
    EXPECT_EQ(untold.seen, "{a.7 a.9}");
    EXPECT_FALSE(untold.attached());
}

TEST(LoopHub, DeliversOnceWhenSeveralTopicsMatch) {
    LoopHub hub;
    Screen both(hub);
    both.watch(person(1));
    both.watch(person(2));
    hub.deliver(batch({about("swap", {person(1), person(2), person(1)})}));
    EXPECT_EQ(both.seen, "swap");
    EXPECT_EQ(both.frames.size(), 1u);
}

TEST(LoopHub, KeepsTheOrderOfTheBatchAcrossTopics) {
    LoopHub hub;
    Screen screen(hub);
    screen.watch(person(2));
    screen.watch(schedule(1));
    hub.deliver(batch({about("1", {schedule(1)}),
                       about("2", {person(2)}),
                       about("x", {person(9)}),
                       about("3", {schedule(1), person(2)}),
                       about("4", {Topic::everybody()})}));
    EXPECT_EQ(screen.seen, "1234");
}

TEST(LoopHub, SharesOneBufferAmongEqualAudiences) {
    LoopHub hub;
    Screen first(hub);
    Screen second(hub);
    for (auto* screen : {&first, &second}) {
        screen->watch(schedule(1));
        screen->watch(schedule(3));
    }
    hub.deliver(
        batch({about("a", {schedule(1)}), about("b", {schedule(2)}), about("c", {schedule(3)})}));
    EXPECT_EQ(first.seen, "ac");
    EXPECT_EQ(first.frames.at(0).bytes.data(), second.frames.at(0).bytes.data());
}

TEST(LoopHub, SharesPagesOfALargeFrameAmongManyReceivers) {
    LoopHub hub;
    std::vector<std::unique_ptr<Screen>> many;
    for (int i = 0; i < 20; ++i) {
        many.push_back(std::make_unique<Screen>(hub));
        many.back()->watch(schedule(1));
        many.back()->watch(person(1));
    }
    Screen alone(hub, 1);
    alone.watch(schedule(1));
    std::size_t pages = 0;
    for (const auto& screen : many)
        screen->on_deliver = [&, screen = screen.get()] {
            const auto& frame = screen->frames.back();
            if (!frame.pages) return;
            pages += 1;
            std::string got(frame.pages->size(), '\0');
            const auto size = ::pread(frame.pages->file(), got.data(), got.size(), 0);
            EXPECT_EQ(size, static_cast<ssize_t>(frame.bytes.size()));
            EXPECT_EQ(got, frame.bytes);
        };
    hub.deliver(batch({about(std::string(40'000, 'x'), {schedule(1)})}));
    EXPECT_GT(pages, 10U);
    EXPECT_LT(pages, 20U);  // the first receivers get bytes, before the frame is known to have many
    EXPECT_FALSE(alone.frames.at(0).pages);
    pages = 0;
    hub.deliver(batch({about("small", {person(1)})}));
    EXPECT_EQ(pages, 0U);
}

TEST(LoopHub, KeepsEncodingsApart) {
    LoopHub hub;
    Screen snake(hub, 0);
    Screen camel(hub, 1);
    hub.deliver(batch({about("a", {Topic::everybody()}), about("b", {Topic::everybody()})}));
    EXPECT_EQ(snake.seen, "ab");
    EXPECT_EQ(camel.seen, "[a][b]");
}

TEST(LoopHub, ChecksRightsForEveryBatch) {
    LoopHub hub;
    Screen screen(hub);
    screen.watch(person(1));
    screen.watch(schedule(1));
    hub.deliver(batch({about("a", {person(1)})}));
    screen.forbidden = person(1);
    hub.deliver(batch({about("b", {person(1)}), about("c", {schedule(1), person(1)})}));
    EXPECT_EQ(screen.seen, "ac");
}

TEST(LoopHub, LetsSubscribersLeaveDuringDelivery) {
    LoopHub hub;
    std::vector<std::unique_ptr<Screen>> screens;
    screens.reserve(4);
    for (int i = 0; i < 4; ++i) screens.push_back(std::make_unique<Screen>(hub));
    int delivered = 0;
    for (auto& screen : screens)
        screen->on_deliver = [&] {
            ++delivered;
            for (auto& other : screens) other->leave();
        };
    hub.deliver(batch({about("a", {Topic::everybody()})}));
    EXPECT_EQ(delivered, 1);
    EXPECT_EQ(hub.size(), 0u);
}

TEST(TopicIndex, RemovesATopicWithItsLastWatcher) {
    LoopHub hub;
    Screen first(hub);
    Screen second(hub);
    first.watch(schedule(1));
    first.watch(schedule(1));
    second.watch(schedule(1));
    first.unwatch(schedule(1));
    EXPECT_NE(hub.topics().find(schedule(1)), nullptr);
    second.leave();
    EXPECT_EQ(hub.topics().find(schedule(1)), nullptr);
}

// Compared with a simple model over random histories.
TEST(LoopHub, AgreesWithAPlainModelUnderRandomUse) {
    std::mt19937 random(20261123);
    const auto below = [&](unsigned n) { return static_cast<std::uint8_t>(random() % n); };
    LoopHub hub;
    std::vector<std::unique_ptr<Screen>> screens;
    std::vector<std::set<Topic>> watched;
    std::vector<std::string> expected;
    for (int i = 0; i < 20; ++i) {
        screens.push_back(std::make_unique<Screen>(hub, static_cast<EncodingId>(i % 2)));
        watched.emplace_back();
        expected.emplace_back();
    }
    for (int round = 0; round < 2000; ++round) {
        const auto who = below(20);
        const auto topic = below(2) ? schedule(below(6)) : person(below(6));
        if (below(3) != 0) {
            screens[who]->watch(topic);
            watched[who].insert(topic);
        } else {
            screens[who]->unwatch(topic);
            watched[who].erase(topic);
        }
        std::vector<Publication> publications;
        for (unsigned n = below(6); n > 0; --n) {
            std::vector<Topic> topics;
            for (unsigned k = below(3); k > 0; --k)
                topics.push_back(below(2) ? schedule(below(6)) : person(below(6)));
            if (below(8) == 0) topics.push_back(Topic::everybody());
            publications.push_back(about(std::to_string(random() % 1000) + ";", topics));
        }
        for (std::size_t i = 0; i < screens.size(); ++i)
            for (const auto& p : publications)
                if (std::ranges::any_of(p.topics, [&](const Topic& t) {
                        return t.kind == Topic::Kind::everybody || watched[i].contains(t);
                    }))
                    encodings[screens[i]->encoding()](p, expected[i]);
        hub.deliver(batch(std::move(publications)));
    }
    for (std::size_t i = 0; i < screens.size(); ++i) EXPECT_EQ(screens[i]->seen, expected[i]);
}

TEST(LoopHub, GivesPublicationsToSubscribersThatEncodeThemThemselves) {
    LoopHub hub;
    Taker taker(hub);
    Taker other(hub);
    Screen screen(hub);
    hub.topics().subscribe(taker, Topic::every(Topic::Kind::every_swap));
    hub.topics().subscribe(taker, person(1));
    screen.watch(person(1));
    hub.deliver(batch({about("a", {person(1), Topic::every(Topic::Kind::every_swap)}),
                       about("b", {person(2)}),
                       about("c", {Topic::every(Topic::Kind::every_swap)})}));
    EXPECT_EQ(taker.seen, "ac.") << "each once, then the end of the batch";
    EXPECT_EQ(other.seen, "");
    EXPECT_EQ(screen.seen, "a");
    EXPECT_EQ(hub.size(), 1u) << "connections only";
    EXPECT_EQ(hub.publication_subscribers(), 2u);
}

}  // namespace
}  // namespace rotacast::hub
