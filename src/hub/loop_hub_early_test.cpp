// Events that are shown before they have a place in the order, and then come in their places.

#include "hub/loop_hub.hpp"

#include "hub/loop_hub_for_tests.hpp"

#include <utility>

namespace rotacast::hub {
namespace {

using namespace for_tests;

/// A publication named `name`, of the event with this number.
Publication numbered(std::uint8_t event, std::string name, std::vector<Topic> topics) {
    auto publication = about(std::move(name), std::move(topics));
    publication.event_id.bytes[0] = event;
    return publication;
}

PublicationBatchPtr unordered(std::vector<Publication> publications) {
    return std::make_shared<const PublicationBatch>(JournalRange{0, 0, 0, std::move(publications)},
                                                    encodings);
}

TEST(ShownEarly, IsNotShownAgainToThoseWhoHadIt) {
    LoopHub hub;
    Screen had(hub);
    had.watch(schedule(1));
    hub.show_early(unordered({numbered(1, "a", {schedule(1)})}));
    EXPECT_EQ(had.seen, "a");
    EXPECT_EQ(hub.recent().position(), 0u);
    Screen late(hub);
    late.watch(schedule(1));
    hub.deliver(batch({numbered(9, "x", {schedule(1)}),
                       numbered(1, "A", {schedule(1)}),
                       numbered(8, "y", {schedule(1)})}));
    EXPECT_EQ(had.seen, "axy");
    EXPECT_EQ(late.seen, "xAy");
}

TEST(ShownEarly, GivesNothingToWhoHadTheWholeBatch) {
    LoopHub hub;
    Screen screen(hub);
    Taker operation(hub);
    screen.watch(schedule(1));
    hub.topics().subscribe(operation, schedule(1));
    hub.show_early(unordered({numbered(1, "a", {schedule(1)})}));
    hub.deliver(batch({numbered(1, "A", {schedule(1)})}));
    EXPECT_EQ(screen.seen, "a");
    EXPECT_EQ(screen.frames.size(), 1u);
    EXPECT_EQ(operation.seen, "a.");
    EXPECT_EQ(hub.deliveries(), 2u);
}

// What is known of an event may differ by the time it has its place, and so may its topics.
TEST(ShownEarly, IsShownInItsPlaceToThoseWhomItOnlyConcernsThen) {
    LoopHub hub;
    Screen here(hub);
    Screen there(hub);
    here.watch(schedule(1));
    there.watch(person(2));
    hub.show_early(unordered({numbered(1, "a", {schedule(1)})}));
    hub.deliver(batch({numbered(1, "A", {schedule(1), person(2)})}));
    EXPECT_EQ(here.seen, "a");
    EXPECT_EQ(there.seen, "A");
}

TEST(ShownEarly, TwiceBeforeItHasItsPlaceIsShownOnce) {
    LoopHub hub;
    Screen screen(hub);
    screen.watch(schedule(1));
    hub.show_early(unordered({numbered(1, "a", {schedule(1)})}));
    Screen late(hub);
    late.watch(schedule(1));
    hub.show_early(unordered({numbered(1, "b", {schedule(1)})}));
    hub.deliver(batch({numbered(1, "A", {schedule(1)})}));
    EXPECT_EQ(screen.seen, "a");
    EXPECT_EQ(late.seen, "b");
}

TEST(ShownEarly, IsForgottenWhenItHasItsPlace) {
    LoopHub hub;
    Screen screen(hub);
    screen.watch(schedule(1));
    hub.show_early(unordered({numbered(1, "a", {schedule(1)})}));
    hub.deliver(batch({numbered(1, "A", {schedule(1)})}));
    hub.deliver(std::make_shared<const PublicationBatch>(
        JournalRange{1, 2, 0, {numbered(1, "again", {schedule(1)})}}, encodings));
    EXPECT_EQ(screen.seen, "aagain");
}

TEST(ShownEarly, WaitsForItsPlaceWhenThereIsNoRoom) {
    LoopHub hub;
    Screen screen(hub);
    screen.watch(schedule(1));
    std::vector<Publication> many(ShownEarly::bytes_max / 64, numbered(2, "x", {schedule(1)}));
    hub.show_early(unordered(std::move(many)));
    EXPECT_EQ(screen.seen, "");
    hub.show_early(unordered({numbered(1, "a", {schedule(1)})}));
    EXPECT_EQ(screen.seen, "a") << "there is room for one";
    hub.deliver(batch({numbered(2, "X", {schedule(1)})}));
    EXPECT_EQ(screen.seen, "aX");
}

}  // namespace
}  // namespace rotacast::hub
