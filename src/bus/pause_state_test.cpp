#include "bus/pause_state.hpp"

#include "base/log.hpp"

#include <gtest/gtest.h>

namespace rotacast::bus {
namespace {

using namespace std::chrono_literals;

class PauseStateTest : public testing::Test {
  protected:
    PauseStateTest() { log::set_level("off"); }
    ~PauseStateTest() override { log::set_level("info"); }

    static SubscriberOptions patient() {
        SubscriberOptions options;
        options.pause_after = 60s;
        options.probe_interval = 30s;
        options.probe_interval_max = 100s;
        return options;
    }

    /// Lets the subscriber fail until it pauses itself, 60 s after `start`.
    void fail_for_too_long() {
        pause.note_failure(start);
        pause.note_failure(start + 59s);
        ASSERT_FALSE(pause.pause_if_failing(start + 59s));
        ASSERT_TRUE(pause.pause_if_failing(start + 60s));
    }

    const Timestamp start{1'700'000'000'000ms};
    const SubscriberOptions options = patient();
    SubscriberRecord record;
    PauseState pause{record, options};
};

TEST_F(PauseStateTest, ASeriesOfFailuresThatLastsTooLongPauses) {
    fail_for_too_long();
    EXPECT_TRUE(record.paused);
    EXPECT_EQ(record.paused_by, "");
    EXPECT_EQ(record.failing_since, start);
    EXPECT_FALSE(pause.pause_if_failing(start + 90s)) << "it is paused already";
}

TEST_F(PauseStateTest, ASuccessEndsTheSeries) {
    pause.note_failure(start);
    pause.note_success();
    EXPECT_FALSE(pause.pause_if_failing(start + 60s));
    pause.note_failure(start + 61s);
    EXPECT_FALSE(pause.pause_if_failing(start + 120s));
}

TEST_F(PauseStateTest, ProbesFollowAtDoublingIntervalsUpToTheBound) {
    fail_for_too_long();
    auto now = start + 60s;
    for (const auto wait : {30s, 60s, 100s, 100s}) {
        ASSERT_EQ(pause.next_probe(now), now + wait);
        now += wait;
        pause.end_probe(now, false);
    }
}

TEST_F(PauseStateTest, ASuccessfulProbeResumesAndEndsTheSeries) {
    fail_for_too_long();
    pause.end_probe(start + 90s, true);
    EXPECT_FALSE(pause.paused());
    EXPECT_EQ(record.reason, "");
    EXPECT_FALSE(record.failing_since);
    EXPECT_FALSE(pause.next_probe(start + 90s));
}

TEST_F(PauseStateTest, AfterARestartItIsProbedAtOnce) {
    fail_for_too_long();
    PauseState later(record, options);
    EXPECT_EQ(later.next_probe(start + 61s), start + 61s);
    EXPECT_EQ(later.next_probe(start + 62s), start + 61s) << "the time stays";
}

TEST_F(PauseStateTest, OtherPausesOfItsOwnAreNotProbed) {
    EXPECT_TRUE(pause.pause_itself("It has reached its limit of dead letters."));
    EXPECT_FALSE(pause.next_probe(start));
    EXPECT_FALSE(pause.pause_itself("Another reason."));
    EXPECT_EQ(record.reason, "It has reached its limit of dead letters.");
}

TEST_F(PauseStateTest, GivingUpReplacesItsOwnPauseAndEndsTheProbes) {
    fail_for_too_long();
    ASSERT_TRUE(pause.next_probe(start + 60s));
    EXPECT_TRUE(pause.give_up("It is gone."));
    EXPECT_EQ(record.reason, "It is gone.");
    EXPECT_EQ(record.paused_by, "");
    EXPECT_FALSE(pause.next_probe(start + 600s));
    pause.set(true, "user:1", "a moment");
    EXPECT_FALSE(pause.give_up("It is gone."));
    EXPECT_EQ(record.reason, "a moment");
    pause.set(false, "", "");
    EXPECT_TRUE(pause.give_up("It is gone."));
    EXPECT_TRUE(pause.paused());
}

TEST_F(PauseStateTest, APauseByAnOperatorIsNotProbedWhateverItsReason) {
    fail_for_too_long();
    const auto reason = record.reason;
    ASSERT_TRUE(pause.next_probe(start + 60s));
    pause.set(true, "user:1", reason);
    EXPECT_FALSE(pause.next_probe(start + 60s));
}

TEST_F(PauseStateTest, WithoutPauseAfterItNeverPausesForFailures) {
    const SubscriberOptions never;
    PauseState other(record, never);
    other.note_failure(start);
    EXPECT_FALSE(other.pause_if_failing(start + std::chrono::hours(10'000)));
}

}  // namespace
}  // namespace rotacast::bus
