#include "hub/loop_hub.hpp"

#include "hub/loop_hub_for_tests.hpp"

#include <stdexcept>

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

}  // namespace
}  // namespace rotacast::hub
