#include "hub/loop_hub.hpp"

#include "hub/loop_hub_for_tests.hpp"

#include <cstdlib>
#include <memory>
#include <new>
#include <stdexcept>
#include <utility>

// Sanitizers have an operator new of their own.
#ifndef ROTACAST_SANITIZED
namespace {

/// The number of the allocation of this thread that fails; 0: none does.
thread_local int failing_allocation = 0;

}  // namespace

void* operator new(std::size_t bytes) {
    if (failing_allocation > 0 && --failing_allocation == 0) throw std::bad_alloc();
    if (void* memory = std::malloc(bytes)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
#endif

namespace rotacast::hub {
namespace {

using namespace for_tests;

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
        bool journal_broke(Break, std::string_view, std::string_view now) override {
            if (faulty) throw std::runtime_error("epoch");
            seen += '(' + std::string(now) + ')';
            return true;
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
        JournalRange{3, 4, 0, std::move(publications), "f"}, encodings));
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
    EXPECT_EQ(hub.publication_subscribers(), 1u);
}

// There is no encoding with this number: stands for any fault in encoding.
TEST(LoopHub, DetachesSubscribersWhoseEncodingFails) {
    static const Encodings faulty_encodings{
        &plain, +[](const Publication&, std::string&) { throw std::runtime_error("no words"); }};
    LoopHub hub;
    Screen speechless(hub, 1);
    Screen screen(hub);
    const auto deliver = [&](std::string name) {
        std::vector<Publication> publications;
        publications.push_back(about(std::move(name), {Topic::everybody()}));
        hub.deliver(std::make_shared<const PublicationBatch>(
            JournalRange{0, 1, 0, std::move(publications)}, faulty_encodings));
    };
    deliver("a");
    deliver("b");
    EXPECT_EQ(screen.seen, "ab");
    EXPECT_FALSE(speechless.attached());
}

// An encoding that failed halfway is made again for the next subscriber, not continued.
TEST(LoopHub, SendsNobodyAPartOfAnEncoding) {
    static int calls = 0;
    static const Encodings faulty_encodings{+[](const Publication& p, std::string& out) {
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
        JournalRange{0, 1, 0, std::move(publications)}, faulty_encodings));
    EXPECT_FALSE(first.attached());
    EXPECT_EQ(second.seen, "ab");
}

#ifndef ROTACAST_SANITIZED
// Whichever allocation of a delivery fails: each subscriber has the batch or has to end, and the
// next batch arrives.
TEST(LoopHub, LosesNothingSilentlyWithoutMemory) {
    class Ending final : public Screen {
      public:
        using Screen::Screen;
        void on_fault() noexcept override { ended = true; }
        bool ended = false;
    };
    int ended = 0;
    bool failed = true;
    for (int nth = 1; failed; ++nth) {
        LoopHub hub;
        Ending one(hub);
        Ending other(hub, 1);
        for (auto* screen : {&one, &other}) screen->watch(schedule(1));
        const auto first = batch({about("a", {schedule(1)}), about("b", {Topic::everybody()})});
        const auto second = std::make_shared<const PublicationBatch>(
            JournalRange{1, 2, 0, {about("c", {Topic::everybody()})}}, encodings);
        failing_allocation = nth;
        try {
            hub.deliver(first);
        } catch (const std::bad_alloc&) {
            ASSERT_EQ(hub.recent().position(), 0u) << nth << ": it is not delivered again";
            hub.deliver(first);
        }
        failed = std::exchange(failing_allocation, 0) == 0;
        hub.deliver(second);
        EXPECT_EQ(one.ended ? "abc" : one.seen, "abc") << nth;
        EXPECT_EQ(other.ended ? "[a][b][c]" : other.seen, "[a][b][c]") << nth;
        for (auto* screen : {&one, &other}) EXPECT_NE(screen->attached(), screen->ended) << nth;
        ended += one.ended + other.ended;
    }
    EXPECT_GT(ended, 2);
}

// Who was not shown an event early, for want of memory, has it in its place; nobody has it twice
// except who must end.
TEST(LoopHub, LosesNoEarlyEventWithoutMemory) {
    class Ending final : public Screen {
      public:
        using Screen::Screen;
        void on_fault() noexcept override { ended = true; }
        bool ended = false;
    };
    const auto event = [](std::uint8_t number, std::string name) {
        auto publication = about(std::move(name), {schedule(1)});
        publication.event_id.bytes[0] = number;
        return publication;
    };
    bool failed = true;
    int nth = 1;
    for (; failed; ++nth) {
        LoopHub hub;
        Ending screen(hub);
        screen.watch(schedule(1));
        const auto early = std::make_shared<const PublicationBatch>(
            JournalRange{0, 0, 0, {event(1, "a"), event(2, "b")}}, encodings);
        const auto ordered = batch({event(1, "A"), event(2, "B")});
        failing_allocation = nth;
        hub.show_early(early);
        failed = std::exchange(failing_allocation, 0) == 0;
        hub.deliver(ordered);
        EXPECT_TRUE(screen.ended || screen.seen == "ab" || screen.seen == "AB")
            << nth << ' ' << screen.seen;
    }
    EXPECT_GT(nth, 3);
}
#endif

}  // namespace
}  // namespace rotacast::hub
