#include "bus/attempt_policy.hpp"

#include <gtest/gtest.h>

namespace rotacast::bus {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp now_(1000s);

Outcome run(const Handler& handler) {
    Entry entry;
    const std::string name = "s";
    HandlerContext context(name, entry, "e1", 1, {});
    return run_handler(handler, entry, context);
}

TEST(AttemptPolicy, AnyExceptionIsAFailedAttempt) {
    const auto thrown =
        run([](const Entry&, HandlerContext&) -> Outcome { throw std::out_of_range("too far"); });
    EXPECT_EQ(thrown.ending, Ending::failed);
    EXPECT_EQ(thrown.failure, (Failure{"std::out_of_range", "too far"}));
    const auto odd = run([](const Entry&, HandlerContext&) -> Outcome { throw 7; });
    EXPECT_EQ(odd.ending, Ending::failed);
    EXPECT_EQ(odd.failure.name, "UnknownException");
}

TEST(AttemptPolicy, WithoutATimeoutThereIsNoDeadline) {
    const std::chrono::steady_clock::time_point start(5s);
    EXPECT_EQ(deadline(30s, start), start + 30s);
    EXPECT_EQ(deadline(0s, start), std::nullopt);
}

TEST(AttemptPolicy, RetriesWhileAnAttemptIsLeft) {
    Delivery delivery;
    const RetryPolicy policy;
    for (delivery.attempts = 1; delivery.attempts < 4; ++delivery.attempts) {
        EXPECT_TRUE(retry(delivery, Outcome::failed("x"), policy, now_, 0));
        EXPECT_EQ(delivery.state, DeliveryState::waiting);
        EXPECT_EQ(delivery.due, now_ + wait_after(policy, delivery.attempts, 0));
    }
    EXPECT_FALSE(retry(delivery, Outcome::failed("x"), policy, now_, 0));
    delivery.attempts = 1;
    EXPECT_FALSE(retry(delivery, Outcome::permanent("x"), policy, now_, 0));
}

TEST(AttemptPolicy, TheLongerOfTheTwoWaitsCounts) {
    Delivery delivery;
    delivery.attempts = 1;
    auto outcome = Outcome::failed("x");
    for (const auto& [asked, waited] : {std::pair(0ms, 2000ms),
                                        std::pair(1999ms, 2000ms),
                                        std::pair(2001ms, 2001ms),
                                        std::pair(3'600'000ms, 3'600'000ms)}) {
        outcome.wait_min = asked;
        EXPECT_TRUE(retry(delivery, outcome, RetryPolicy{}, now_, 0));
        EXPECT_EQ(delivery.due, now_ + waited);
    }
}

TEST(AttemptPolicy, ThereIsAlwaysOneAttempt) {
    Delivery delivery;
    delivery.attempts = 1;
    RetryPolicy none;
    none.attempts = -3;
    EXPECT_FALSE(retry(delivery, Outcome::failed("x"), none, now_, 0));
}

TEST(AttemptPolicy, FailureTextsAreCutAtCharacterBoundaries) {
    Delivery delivery;
    std::string message(failure_message_bytes_max - 1, 'x');
    note_failure(delivery, {std::string(1000, 'n'), message + "äöü"}, now_);
    EXPECT_EQ(delivery.failure.name.size(), failure_name_bytes_max);
    EXPECT_EQ(delivery.failure.message, message);
    note_failure(delivery, {"later", ""}, now_ + 5s);
    EXPECT_EQ(delivery.first_failure, now_);
    EXPECT_EQ(delivery.last_failure, now_ + 5s);
}

TEST(HandlerContext, EffectsAreBounded) {
    const auto outcome = run([](const Entry&, HandlerContext& context) {
        for (;;) context.handler_log("k", "s");
        return Outcome::done();
    });
    EXPECT_EQ(outcome.failure.name, "std::length_error");
}

TEST(HandlerContext, ADerivedEventHasTheSameIdInEveryRun) {
    Entry entry;
    entry.envelope.metadata.event_id = Uuid::time_ordered();
    entry.envelope.metadata.correlation_id = "c";
    const auto derive = [&](const std::string& name) {
        HandlerContext context(name, entry, "e1", 1, {});
        context.derive(events::ScheduleDeleted{"s", "x", {}});
        context.derive(events::ScheduleDeleted{"s", "x", {}});
        return context.take_effects().derived;
    };
    const auto first = derive("one");
    const auto second = derive("one");
    const auto other = derive("other");
    EXPECT_EQ(first[0].metadata.event_id, second[0].metadata.event_id);
    EXPECT_NE(first[0].metadata.event_id, first[1].metadata.event_id);
    EXPECT_NE(first[0].metadata.event_id, other[0].metadata.event_id);
    EXPECT_EQ(first[0].metadata.correlation_id, "c");
}

TEST(HandlerContext, ADerivedEventBelongsToTheTraceOfItsCause) {
    events::Provenance of_cause;
    of_cause.request_id = "r-1";
    events::Provenance of_its_own;
    of_its_own.request_id = "r-2";
    Entry entry;
    entry.envelope.metadata.event_id = Uuid::time_ordered();
    entry.envelope.provenance = events::shared(of_cause);
    const std::string name = "handler";
    HandlerContext context(name, entry, "e1", 1, {});
    EXPECT_EQ(context.provenance()->request_id, "r-1");
    auto other = events::wrap(events::ScheduleDeleted{"s", "x", {}});
    other.provenance = events::shared(of_its_own);
    context.derive(events::ScheduleDeleted{"s", "x", {}});
    context.derive(std::move(other));
    const auto derived = context.take_effects().derived;
    EXPECT_EQ(derived[0].provenance, entry.envelope.provenance);
    EXPECT_EQ(derived[1].provenance->request_id, "r-2");
}

}  // namespace
}  // namespace rotacast::bus
