// What a slow client is told about events that it does not receive.

#include "hub/batches_for_tests.hpp"
#include "hub/send_queue.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <set>
#include <sstream>
#include <stdexcept>

namespace rotacast::hub {
namespace {

using for_tests::batch_after;
using for_tests::change_of;

/// Encodes a gap as `<from-to>`, with an `s` for superseded.
class Brackets : public GapEncoder {
  public:
    Frame encode(const Gap& gap) const override {
        const char* mark = gap.reason == Gap::Reason::superseded ? "s" : "";
        return Frame::of("<" + std::to_string(gap.from.offset) + "-" +
                         std::to_string(gap.to.offset) + mark + "> ");
    }
};

std::string waiting(const SendQueue& queue) {
    std::array<std::string_view, 256> views;
    std::string text;
    const std::size_t count = queue.gather(views);
    for (std::size_t i = 0; i < count; ++i) text += views[i];
    return text;
}

class SendQueueGap : public testing::Test {
  protected:
    /// One event about this assignment at the next offset, in a frame of about 3 bytes.
    SendQueue::Outcome push(SendQueue& queue, std::uint8_t assignment = 1) {
        batches_.push_back(batch_after(next_, {change_of(assignment)}));
        ++next_;
        const std::array<std::uint32_t, 1> all{0};
        return queue.push(batches_.back()->frame(0, all), FrameKind::event);
    }
    SendQueue queue_with(std::size_t bytes, SlowConsumerPolicy policy) {
        SendQueue queue(bytes, policy);
        queue.tell_gaps(teller_);
        return queue;
    }

    Brackets teller_;
    std::vector<PublicationBatchPtr> batches_;
    events::Offset next_ = 10;
};

TEST_F(SendQueueGap, LeavesTheQueueInOrderWhenEncodingItThrows) {
    class Speechless final : public GapEncoder {
      public:
        Frame encode(const Gap&) const override { throw std::runtime_error("no words"); }
    };
    const Speechless teller;
    for (const auto policy : {SlowConsumerPolicy::drop_oldest, SlowConsumerPolicy::keep_latest}) {
        SendQueue queue(8, policy);
        queue.tell_gaps(teller);
        queue.push_begun(Frame::of("begun "), FrameKind::reply, 2);
        push(queue);
        EXPECT_THROW(push(queue), std::runtime_error);
        EXPECT_EQ(queue.bytes(), waiting(queue).size());
        EXPECT_EQ(waiting(queue).substr(0, 4), "gun ");
        queue.consume(queue.bytes());
        EXPECT_TRUE(queue.empty());
        EXPECT_EQ(push(queue), SendQueue::Outcome::queued);
    }
}

TEST_F(SendQueueGap, ReplacesTheOldestEvents) {
    auto queue = queue_with(16, SlowConsumerPolicy::drop_oldest);
    for (int i = 0; i < 5; ++i) push(queue);
    EXPECT_EQ(waiting(queue), "11 12 13 14 15 ");
    push(queue);
    EXPECT_EQ(waiting(queue), "<10-14> 15 16 ") << "the gap takes room, too";
    push(queue);
    EXPECT_EQ(waiting(queue), "<10-15> 16 17 ") << "one gap, which grew";
}

TEST_F(SendQueueGap, IsNotReplacedOnceItIsPartlySent) {
    auto queue = queue_with(30, SlowConsumerPolicy::drop_oldest);
    for (int i = 0; i < 11; ++i) push(queue);
    EXPECT_EQ(waiting(queue), "<10-14> 15 16 17 18 19 20 21 ");
    queue.consume(1);
    push(queue);
    push(queue);
    EXPECT_EQ(waiting(queue), "10-14> <14-18> 19 20 21 22 23 ");
}

TEST_F(SendQueueGap, CoversANewEventForWhichThereIsNoRoom) {
    auto queue = queue_with(4, SlowConsumerPolicy::drop_oldest);
    queue.push(Frame::of("ack"), FrameKind::reply);
    EXPECT_EQ(push(queue), SendQueue::Outcome::dropped);
    EXPECT_EQ(push(queue), SendQueue::Outcome::dropped);
    EXPECT_EQ(waiting(queue), "ack<10-12> ");
}

TEST_F(SendQueueGap, IsNotReportedByAProtocolWithoutGaps) {
    SendQueue queue(6, SlowConsumerPolicy::drop_oldest);
    for (int i = 0; i < 4; ++i) push(queue);
    EXPECT_EQ(waiting(queue), "13 14 ");
}

TEST_F(SendQueueGap, KeepsTheLatestOfEachSubject) {
    auto queue = queue_with(36, SlowConsumerPolicy::keep_latest);
    for (const int subject : {1, 2, 1, 1, 3, 1, 2, 1, 1, 1, 1, 1})
        push(queue, static_cast<std::uint8_t>(subject));
    EXPECT_EQ(waiting(queue), "11 12 13 14 15 16 17 18 19 20 21 22 ");
    push(queue, 1);
    EXPECT_EQ(waiting(queue), "<10-22s> 15 17 23 ");
}

TEST_F(SendQueueGap, RefusesRepliesThatNobodyReads) {
    auto queue = queue_with(10, SlowConsumerPolicy::keep_latest);
    push(queue);
    EXPECT_EQ(queue.push(Frame::of("0123456789"), FrameKind::reply), SendQueue::Outcome::overflow);
}

TEST_F(SendQueueGap, DistinguishesLostFromSuperseded) {
    auto queue = queue_with(42, SlowConsumerPolicy::keep_latest);
    for (const int subject : {1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9, 9, 9, 9})
        push(queue, static_cast<std::uint8_t>(subject));
    EXPECT_EQ(waiting(queue), "<10-12> <12-24s> 13 14 15 16 17 18 25 ");
}

TEST_F(SendQueueGap, DropsTheOldestWhenTheLatestAreTooMany) {
    auto queue = queue_with(24, SlowConsumerPolicy::keep_latest);
    for (std::uint8_t subject = 1; subject <= 9; ++subject) push(queue, subject);
    EXPECT_EQ(waiting(queue), "<10-15> 16 17 18 19 ");
}

TEST_F(SendQueueGap, SplitsFramesOfSeveralEvents) {
    auto queue = queue_with(36, SlowConsumerPolicy::keep_latest);
    const auto batch = batch_after(10, {change_of(1), change_of(2), change_of(1), change_of(3)});
    const std::array<std::uint32_t, 3> some{0, 1, 2};
    queue.push(batch->frame(0, some), FrameKind::event);
    EXPECT_EQ(waiting(queue), "11 12 13 ");
    next_ = 14;
    for (int i = 0; i < 10; ++i) push(queue, 1);
    EXPECT_EQ(waiting(queue), "<10-23s> 12 24 ");
}

/// Whatever is pushed and whenever it is read: each event is either received or lies in a reported
/// gap, and received events are in order.
TEST_F(SendQueueGap, ReportsEveryMissingEvent) {
    for (unsigned seed = 0; seed < 300; ++seed) {
        std::mt19937 dice(seed);
        const auto policy =
            seed % 2 == 0 ? SlowConsumerPolicy::drop_oldest : SlowConsumerPolicy::keep_latest;
        auto queue = queue_with(60, policy);
        next_ = 10;
        std::string read;
        for (int step = 0; step < 200; ++step) {
            if (dice() % 3 != 0) push(queue, static_cast<std::uint8_t>(dice() % 5));
            if (dice() % 4 != 0) continue;
            const auto now = waiting(queue);
            const auto part = now.substr(0, dice() % (now.size() + 1));
            read += part;
            queue.consume(part.size());
        }
        read += waiting(queue);
        std::set<events::Offset> accounted;
        events::Offset last_seen = 0;
        std::istringstream words(read);
        for (std::string word; words >> word;) {
            if (word[0] != '<') {
                const auto seen = std::stoull(word);
                ASSERT_GT(seen, last_seen) << read;
                last_seen = seen;
                accounted.insert(seen);
                continue;
            }
            const auto dash = word.find('-');
            const auto to = std::stoull(word.substr(dash + 1));
            // What is reported as lost is not sent.
            if (word.find('s') == std::string::npos)
                last_seen = std::max<events::Offset>(last_seen, to);
            for (auto i = std::stoull(word.substr(1, dash - 1)) + 1; i <= to; ++i)
                accounted.insert(i);
        }
        EXPECT_EQ(accounted.size(), next_ - 10) << "seed " << seed << ": " << read;
    }
}

}  // namespace
}  // namespace rotacast::hub
