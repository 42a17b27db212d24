#include "hub/loop_hub.hpp"

#include "events/client_events.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <stdexcept>

#include <unistd.h>

namespace rotacast::hub {
namespace {

// Two encodings that write a publication's cursor: one as it is, the other in brackets.
void plain(const Publication& p, std::string& out) {
    out += p.cursor;
}
void bracketed(const Publication& p, std::string& out) {
    out += '[' + p.cursor + ']';
}
const Encodings forms{&plain, &bracketed};

class Screen : public Subscriber {
  public:
    explicit Screen(LoopHub& hub, EncodingId form = 0) : Subscriber(form), hub_(hub) {
        hub.attach(*this);
    }
    ~Screen() { leave(); }

    void deliver(const Frame& frame) override {
        seen += frame.bytes;
        frames.push_back(frame);
        if (on_deliver) on_deliver();
    }
    void epoch_changed(std::string_view before, std::string_view now) override {
        seen.append("<").append(before).append(" ").append(now).append(">");
        if (on_epoch_changed) on_epoch_changed();
    }
    bool may_receive(const Topic& topic) const override { return topic != forbidden; }
    Uuid user() const override { return {}; }

    void watch(const Topic& topic) { hub_.topics().subscribe(*this, topic); }
    void unwatch(const Topic& topic) { hub_.topics().unsubscribe(*this, topic); }
    void leave() { hub_.detach(*this); }

    std::string seen;
    std::vector<Frame> frames;
    std::function<void()> on_deliver;
    std::function<void()> on_epoch_changed;
    std::optional<Topic> forbidden;

  private:
    LoopHub& hub_;
};

Topic schedule(std::uint8_t n) {
    Uuid id;
    id.bytes[0] = n;
    return Topic::schedule(id);
}
Topic person(std::uint8_t n) {
    return Topic::person(schedule(n).id);
}

Publication about(std::string name, std::vector<Topic> topics) {
    return {{}, std::move(name), {}, {}, events::client::SolverComplete{}, std::move(topics)};
}

PublicationBatchPtr batch(std::vector<Publication> publications) {
    return std::make_shared<const PublicationBatch>(JournalRange{0, 1, 0, std::move(publications)},
                                                    forms);
}

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
    first.on_epoch_changed = [&] {
        first.leave();
        second.leave();
    };
    const auto of_b = std::make_shared<const PublicationBatch>(
        JournalRange{5, 6, 0, {about("x", {schedule(1)})}, "b"}, forms);
    hub.deliver(of_b);
    EXPECT_EQ(first.seen, "<a.7 b.5>");
    EXPECT_EQ(second.seen, "") << "it had left by then";
    EXPECT_EQ(third.seen, "<a.7 b.5>x");
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

// Whatever a subscriber throws, the others receive this batch and the next.
TEST(LoopHub, DetachesASubscriberThatThrowsAndServesAllOthers) {
    LoopHub hub;
    Screen before(hub);
    Screen faulty(hub);
    Screen after(hub);
    for (auto* screen : {&before, &faulty, &after}) screen->watch(schedule(1));
    faulty.on_deliver = [] { throw std::runtime_error("out of order"); };
    hub.deliver(batch({about("a", {schedule(1)}), about("b", {Topic::everybody()})}));
    hub.deliver(batch({about("c", {Topic::everybody()})}));
    EXPECT_EQ(before.seen, "abc");
    EXPECT_EQ(after.seen, "abc");
    EXPECT_EQ(faulty.frames.size(), 1u);
    EXPECT_FALSE(faulty.attached());
    EXPECT_EQ(hub.size(), 2u);
}

TEST(LoopHub, TellsAllOthersOfAnotherEpochWhenOneThrows) {
    class Told : public Screen {
      public:
        using Screen::Screen;
        void epoch_changed(std::string_view, std::string_view now) override {
            if (faulty) throw std::runtime_error("epoch");
            seen += '(' + std::string(now) + ')';
        }
        bool faulty = false;
    };
    LoopHub hub;
    Told before(hub);
    Told faulty(hub);
    Told after(hub);
    faulty.faulty = true;
    std::vector<Publication> publications;
    publications.push_back(about("a", {Topic::everybody()}));
    hub.deliver(std::make_shared<const PublicationBatch>(
        JournalRange{3, 4, 0, std::move(publications), "f"}, forms));
    EXPECT_EQ(before.seen, "(f.3)a");
    EXPECT_EQ(after.seen, "(f.3)a");
    EXPECT_EQ(faulty.seen, "");
    EXPECT_FALSE(faulty.attached());
}

// Throws in may_receive(), before the batch is divided.
TEST(LoopHub, DetachesASubscriberWhoseRightsCheckThrows) {
    class Undecided final : public Screen {
      public:
        using Screen::Screen;
        bool may_receive(const Topic&) const override { throw std::runtime_error("no idea"); }
    };
    LoopHub hub;
    Screen before(hub);
    Undecided faulty(hub);
    Screen after(hub);
    hub.deliver(batch({about("a", {Topic::everybody()})}));
    hub.deliver(batch({about("b", {Topic::everybody()})}));
    EXPECT_EQ(before.seen, "ab");
    EXPECT_EQ(after.seen, "ab");
    EXPECT_EQ(faulty.seen, "");
    EXPECT_FALSE(faulty.attached());
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
                    forms[screens[i]->encoding()](p, expected[i]);
        hub.deliver(batch(std::move(publications)));
    }
    for (std::size_t i = 0; i < screens.size(); ++i) EXPECT_EQ(screens[i]->seen, expected[i]);
}

// A part of a connection that encodes publications itself.
class Taker : public Subscriber {
  public:
    explicit Taker(LoopHub& hub) : Subscriber(as_publications), hub_(hub) { hub.attach(*this); }
    ~Taker() { hub_.detach(*this); }

    void deliver(const Frame&) override { ADD_FAILURE() << "bytes for one who takes none"; }
    void on_publications(const PublicationSlice& taken) override {
        for (const auto index : taken.indexes) seen += taken.batch->publications()[index].cursor;
    }
    void on_batch_end() override { seen += '.'; }
    bool may_receive(const Topic&) const override { return true; }
    Uuid user() const override { return {}; }

    std::string seen;

  private:
    LoopHub& hub_;
};

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
    EXPECT_EQ(hub.takers(), 2u);
}

TEST(LoopHub, TellsTheOthersThatTheBatchIsOverWhenOneThrows) {
    class Faulty final : public Taker {
      public:
        using Taker::Taker;
        void on_publications(const PublicationSlice& taken) override {
            if (in_take) throw std::runtime_error("take");
            Taker::on_publications(taken);
        }
        void on_batch_end() override { throw std::runtime_error("over"); }
        bool in_take = true;
    };
    LoopHub hub;
    Faulty takes(hub);
    Faulty ends(hub);
    ends.in_take = false;
    Taker taker(hub);
    hub.deliver(batch({about("a", {Topic::everybody()})}));
    hub.deliver(batch({about("b", {Topic::everybody()})}));
    EXPECT_EQ(taker.seen, "a.b.");
    EXPECT_FALSE(takes.attached());
    EXPECT_FALSE(ends.attached());
    EXPECT_EQ(hub.takers(), 1u);
}

// There is no encoding with this number: stands for any fault in encoding.
TEST(LoopHub, DetachesSubscribersWhoseEncodingFails) {
    static const Encodings faulty_forms{
        &plain, +[](const Publication&, std::string&) { throw std::runtime_error("no words"); }};
    LoopHub hub;
    Screen speechless(hub, 1);
    Screen screen(hub);
    const auto deliver = [&](std::string name) {
        std::vector<Publication> publications;
        publications.push_back(about(std::move(name), {Topic::everybody()}));
        hub.deliver(std::make_shared<const PublicationBatch>(
            JournalRange{0, 1, 0, std::move(publications)}, faulty_forms));
    };
    deliver("a");
    deliver("b");
    EXPECT_EQ(screen.seen, "ab");
    EXPECT_FALSE(speechless.attached());
}

// An encoding that failed halfway is made again for the next subscriber, not continued.
TEST(LoopHub, SendsNobodyAPartOfAnEncoding) {
    static int calls = 0;
    static const Encodings faulty_forms{+[](const Publication& p, std::string& out) {
        out += p.cursor;
        if (++calls == 2) throw std::runtime_error("no words");
    }};
    LoopHub hub;
    Screen first(hub);
    Screen second(hub);
    std::vector<Publication> publications;
    publications.push_back(about("a", {Topic::everybody()}));
    publications.push_back(about("b", {Topic::everybody()}));
    hub.deliver(std::make_shared<const PublicationBatch>(
        JournalRange{0, 1, 0, std::move(publications)}, faulty_forms));
    EXPECT_FALSE(first.attached());
    EXPECT_EQ(second.seen, "ab");
}

}  // namespace
}  // namespace rotacast::hub
