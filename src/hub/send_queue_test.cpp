#include "hub/send_queue.hpp"

#include "hub/shared_pages.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>

namespace rotacast::hub {
namespace {

using Outcome = SendQueue::Outcome;

std::string waiting(const SendQueue& queue) {
    std::array<std::string_view, 64> views;
    std::string text;
    const std::size_t count = queue.gather(views);
    for (std::size_t i = 0; i < count; ++i) text += views[i];
    return text;
}

Outcome push_event(SendQueue& queue, std::string text) {
    return queue.push(Frame::of(std::move(text)), FrameKind::event);
}

TEST(SendQueue, GivesFramesInOrderFromTheUnsentByteOn) {
    SendQueue queue(100, SlowConsumerPolicy::close);
    push_event(queue, "abc");
    push_event(queue, "def");
    push_event(queue, "g");
    queue.consume(4);
    EXPECT_EQ(waiting(queue), "efg");
    EXPECT_EQ(queue.bytes(), 3U);
    EXPECT_EQ(queue.frames(), 2U);
    queue.consume(3);
    EXPECT_TRUE(queue.empty());
    EXPECT_EQ(queue.bytes(), 0U);
}

TEST(SendQueue, GathersAtMostAsManyViewsAsAskedFor) {
    SendQueue queue(100, SlowConsumerPolicy::close);
    for (int i = 0; i < 5; ++i) push_event(queue, "x");
    std::array<std::string_view, 2> views;
    EXPECT_EQ(queue.gather(views), 2U);
}

TEST(SendQueue, CopiesFramesWithoutAnOwner) {
    SendQueue queue(100, SlowConsumerPolicy::close);
    std::string scratch = "abc";
    queue.push_begun({nullptr, scratch}, FrameKind::event, 1);
    queue.push({nullptr, scratch}, FrameKind::event);
    scratch = "xyz";
    EXPECT_EQ(waiting(queue), "bcabc");
}

TEST(SendQueue, RefusesFramesOverTheBoundUnderClose) {
    SendQueue queue(5, SlowConsumerPolicy::close);
    EXPECT_EQ(push_event(queue, "abc"), Outcome::queued);
    EXPECT_EQ(push_event(queue, "def"), Outcome::overflow);
    EXPECT_EQ(push_event(queue, "gh"), Outcome::queued);
    EXPECT_EQ(waiting(queue), "abcgh");
    EXPECT_EQ(queue.dropped_frames(), 0U);
}

TEST(SendQueue, DropsTheOldestEventsForANewOne) {
    SendQueue queue(6, SlowConsumerPolicy::drop_oldest);
    push_event(queue, "ab");
    push_event(queue, "cd");
    push_event(queue, "ef");
    EXPECT_EQ(push_event(queue, "ghi"), Outcome::queued);
    EXPECT_EQ(waiting(queue), "efghi");
    EXPECT_EQ(queue.dropped_frames(), 2U);
}

TEST(SendQueue, NeverDropsABegunFrame) {
    SendQueue queue(6, SlowConsumerPolicy::drop_oldest);
    queue.push_begun(Frame::of("abcd"), FrameKind::event, 1);
    push_event(queue, "ef");
    EXPECT_EQ(push_event(queue, "gh"), Outcome::queued);
    EXPECT_EQ(waiting(queue), "bcdgh");
    EXPECT_EQ(push_event(queue, "ijkl"), Outcome::dropped);
    EXPECT_EQ(waiting(queue), "bcd");
    EXPECT_EQ(queue.dropped_frames(), 3U);
}

TEST(SendQueue, NeverDropsReplies) {
    SendQueue queue(6, SlowConsumerPolicy::drop_oldest);
    queue.push(Frame::of("R1"), FrameKind::reply);
    push_event(queue, "ab");
    queue.push(Frame::of("R2"), FrameKind::reply);
    EXPECT_EQ(push_event(queue, "cd"), Outcome::queued);
    EXPECT_EQ(waiting(queue), "R1R2cd");
    EXPECT_EQ(queue.push(Frame::of("R3"), FrameKind::reply), Outcome::queued);
    EXPECT_EQ(waiting(queue), "R1R2R3");
    EXPECT_EQ(queue.push(Frame::of("R4"), FrameKind::reply), Outcome::overflow);
    EXPECT_EQ(waiting(queue), "R1R2R3");
}

TEST(SendQueue, DropsAnEventThatIsLargerThanTheBoundAndKeepsTheOthers) {
    SendQueue queue(4, SlowConsumerPolicy::drop_oldest);
    push_event(queue, "ab");
    EXPECT_EQ(push_event(queue, "cdefg"), Outcome::dropped);
    EXPECT_EQ(waiting(queue), "ab");
}

TEST(SendQueue, DropUnbegunKeepsOnlyTheRestOfABegunFrame) {
    SendQueue queue(10, SlowConsumerPolicy::close);
    queue.push_begun(Frame::of("abcd"), FrameKind::event, 2);
    push_event(queue, "efgh");
    queue.drop_unbegun();
    queue.push_last(Frame::of("a last word, over the bound"));
    EXPECT_EQ(waiting(queue), "cda last word, over the bound");
}

TEST(SendQueue, DropUnbegunEmptiesAQueueWithoutABegunFrame) {
    SendQueue queue(10, SlowConsumerPolicy::close);
    push_event(queue, "abc");
    push_event(queue, "def");
    queue.drop_unbegun();
    EXPECT_TRUE(queue.empty());
    EXPECT_EQ(queue.bytes(), 0U);
}

TEST(SendQueue, ReleasesSharedBytesAsSoonAsTheyAreSent) {
    SendQueue queue(100, SlowConsumerPolicy::close);
    auto frame = Frame::of("shared");
    const std::weak_ptr<const void> owner = frame.owner;
    queue.push(std::move(frame), FrameKind::event);
    push_event(queue, "next");
    queue.consume(6);
    EXPECT_TRUE(owner.expired());
}

TEST(Frame, KeptDropsThePages) {
    const auto pages = SharedPages::of("shared");
    ASSERT_TRUE(pages);
    auto frame = Frame::of("shared");
    frame.pages = &*pages;
    EXPECT_FALSE(frame.kept().pages);
    EXPECT_EQ(frame.kept().bytes.data(), frame.bytes.data());
}

TEST(SendQueue, StaysInOrderOverManyPushesAndPartialSends) {
    SendQueue queue(1000, SlowConsumerPolicy::close);
    std::string pushed;
    std::string sent;
    for (int i = 0; i < 3000; ++i) {
        const std::string text = std::to_string(i) + ",";
        pushed += text;
        ASSERT_EQ(push_event(queue, text), Outcome::queued);
        const std::string now = waiting(queue).substr(0, static_cast<std::size_t>(i % 11));
        sent += now;
        queue.consume(now.size());
    }
    while (!queue.empty()) {
        const std::string now = waiting(queue);
        sent += now;
        queue.consume(now.size());
    }
    EXPECT_EQ(sent, pushed);
}

}  // namespace
}  // namespace rotacast::hub
