#include "api/bus_json.hpp"

#include <gtest/gtest.h>

namespace rotacast::api {
namespace {

using std::chrono::microseconds;

constexpr Timestamp moment{std::chrono::milliseconds(1'700'000'000'000)};

TEST(BusJson, GivesTheStatusOfASubscriberInTheOrderOfTheContract) {
    bus::SubscriberStatus status;
    status.name = "mail";
    status.types = {"SwapRequested"};
    status.state = bus::SubscriberState::paused;
    status.paused_by = "ann";
    status.reason = "a \"test\"";
    status.position = {"e1", {7}};
    status.lag = 2;
    status.done = 5;
    status.failed_attempts = 3;
    status.missed = 1;
    status.last_error = "Timeout";
    status.failing_since = moment;
    status.attempts = 9;
    status.busy = microseconds(11);
    status.longest = microseconds(4);
    status.threads_lost = 1;
    EXPECT_EQ(
        bus_stats_text({.total_subscriptions = 1,
                        .subscriptions_by_type = {{"SwapRequested", 1}},
                        .dead_letter_count = 0},
                       {status}),
        R"({"total_subscriptions":1,"subscriptions_by_type":{"SwapRequested":1},)"
        R"("dead_letter_count":0,"subscribers":[{"name":"mail","types":["SwapRequested"],)"
        R"("state":"paused","paused_by":"ann","reason":"a \"test\"","position":"e1.7","lag":2,)"
        R"("done":5,"failed_attempts":3,"running":0,"waiting":0,"pending":0,"replaying":0,)"
        R"("dead":0,"discarded":0,"missed":1,"last_error":"Timeout",)"
        R"("failing_since":")" +
            to_string(moment) +
            R"(","oldest_waiting":null,"attempts":9,"busy_us":11,"longest_us":4,)"
            R"("threads_lost":1}]})");
}

TEST(BusJson, GivesIdsAndCountsOfRowsAsNumbers) {
    bus::Replay replay;
    replay.id = 3;
    replay.requested_by = "ann";
    replay.at = moment;
    replay.selection = "all";
    replay.letters = 2;
    replay.range_next = 4;
    replay.range_to = 10;
    const auto at = to_string(moment);
    EXPECT_EQ(replay_text(replay),
              R"({"id":3,"requested_by":"ann","at":")" + at +
                  R"(","selection":"all","letters":2,"done":0,"failed":0,"discarded":0,)"
                  R"("entries_unread":6,"finished":false})");
    const bus::HandlerLogRow row{8, "mail", std::nullopt, {"told", "bob", "by mail"}, moment};
    EXPECT_EQ(handler_log_text({row}, {.before = 0, .limit = 1}),
              R"({"ledger":[{"id":8,"handler":"mail","event_id":null,"kind":"told",)"
              R"("subject":"bob","detail":"by mail","at":")" +
                  at + R"("}],"next":8})");
}

}  // namespace
}  // namespace rotacast::api
