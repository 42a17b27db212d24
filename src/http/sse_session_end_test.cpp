// How streams end: by the client, by a bound, by the server.

#include "http/sse_session.hpp"

#include "http/sse_session_for_tests.hpp"

namespace rotacast::http {
namespace {

using namespace sse_testing;

TEST(SseSession, NoticesThatTheClientHasLeft) {
    Connected to;
    to.hang_up();
    EXPECT_EQ(to.end(), SseEnd::gone);
    EXPECT_EQ(to.seen().closes, 1);
    EXPECT_EQ(to.stats().closed.value(), 1U);
}

TEST(SseSession, NoticesThatTheClientHasLeftWhileSomethingIsQueued) {
    SseOptions options;
    options.send_queue_bytes_max = 64 * 1024 * 1024;
    Connected to(options, 4096);
    to.on_loop([](SseSession& session) {
        for (int i = 0; i < 2000; ++i) session.send(numbered(i, 5000));
    });
    to.hang_up();
    EXPECT_EQ(to.end(), SseEnd::gone);
}

TEST(SseSession, IgnoresWhatTheClientSends) {
    Connected to;
    to.client().send(ask);
    to.client().send(std::string(100'000, 'x'));
    to.on_loop([](SseSession& session) { session.send_text("data: still here\n\n"); });
    EXPECT_EQ(to.client().read_until("\n\n"), "data: still here\n\n");
    EXPECT_EQ(to.seen().closes, 0);
}

TEST(SseSession, EndsAClientThatReadsNothing) {
    SseOptions options;
    options.send_queue_bytes_max = 64 * 1024 * 1024;
    options.idle_timeout = 300ms;
    Connected to(options, 4096);
    to.on_loop([](SseSession& session) {
        for (int i = 0; i < 5000; ++i) session.send(numbered(i, 5000));
        EXPECT_GT(session.queued_bytes(), 0U);
    });
    EXPECT_EQ(to.end(), SseEnd::gone);
}

TEST(SseSession, SendsWhatIsQueuedBeforeItEnds) {
    SseOptions options;
    options.send_queue_bytes_max = 64 * 1024 * 1024;
    Connected to(options, 4096);
    to.on_loop([](SseSession& session) {
        for (int i = 0; i < 1000; ++i) session.send(numbered(i, 5000));
        session.close();
        session.send(numbered(1000, 10));
    });
    for (int i = 0; i < 1000; ++i) ASSERT_EQ(number_of(to.client().read_until("\n\n")), i);
    EXPECT_EQ(to.client().read_all(), "");
    EXPECT_EQ(to.end(), SseEnd::closed);
    EXPECT_EQ(to.seen().closes, 1);
}

TEST(SseSession, LimitsTheWaitForTheClientsEnd) {
    SseOptions options;
    options.close_timeout = 1ms;
    Connected to(options);
    to.on_loop([](SseSession& session) { session.close(); });
    EXPECT_EQ(to.end(), SseEnd::closed);
    EXPECT_EQ(to.client().read_all(), "");
    // The server ends here: it does not wait for the client's end, and the loop still becomes
    // empty.
    auto stopped = std::async(std::launch::async, [&] { to.server().loops().drain(0s, 10s); });
    EXPECT_EQ(stopped.wait_for(9s), std::future_status::ready);
}

TEST(SseSession, AnExceptionOfTheHandlerEndsOnlyItsStream) {
    Connected to;
    to.seen().fails = true;
    EXPECT_EQ(to.client().read_all(), "");
    EXPECT_EQ(to.end(), SseEnd::closed);
    EXPECT_EQ(to.stats().handler_faults.value(), 1U);
}

TEST(SseSession, LetsItsHandlerSayGoodbyeWhenTheServerStops) {
    Connected to;
    auto stopped = std::async(std::launch::async, [&] { to.server().loops().drain(0s, 10s); });
    EXPECT_EQ(to.client().read_all(), "data: goodbye\n\n");
    EXPECT_EQ(to.end(), SseEnd::closed);
    to.hang_up();
    EXPECT_EQ(stopped.wait_for(9s), std::future_status::ready);
}

TEST(SseSession, SaysWhyItEndsIfItsHandlerKnowsHow) {
    Connected drained({}, 0, ask_chunked);
    drained.seen().says_why = true;
    auto stopped = std::async(std::launch::async, [&] { drained.server().loops().drain(0s, 10s); });
    EXPECT_TRUE(drained.client().read_all().ends_with("data: unavailable\n\n\r\n0\r\n\r\n"));
    drained.hang_up();
    EXPECT_EQ(stopped.wait_for(9s), std::future_status::ready);

    Connected failed;
    failed.seen().says_why = true;
    failed.seen().fails = true;
    EXPECT_EQ(failed.client().read_all(), "data: internal\n\n");
}

TEST(SseSession, ASlowClientGetsTheRestOfARecordAndTheReason) {
    SseOptions options;
    options.send_queue_bytes_max = 100 * 1024;
    Connected to(options, 4096);
    to.seen().says_why = true;
    to.on_loop([](SseSession& session) {
        for (int i = 0; i < 10'000 && session.open(); ++i) session.send(numbered(i, 5000));
    });
    EXPECT_EQ(to.end(), SseEnd::slow_consumer);
    const auto seen = to.client().read_all();
    EXPECT_TRUE(seen.ends_with("xx\n\ndata: slow_consumer\n\n"));
    EXPECT_EQ(to.stats().slow_consumers.value(), 1U);
}

TEST(SseSession, ABodyThatWasCutOffHasNoLastChunk) {
    SseOptions options;
    options.send_queue_bytes_max = 100 * 1024;
    Connected to(options, 4096, ask_chunked);
    to.on_loop([](SseSession& session) {
        const std::string record(5000, 'x');
        for (int i = 0; i < 10'000 && session.open(); ++i) session.send_text(record);
    });
    EXPECT_EQ(to.end(), SseEnd::slow_consumer);
    EXPECT_FALSE(to.client().read_all().ends_with(last_chunk));
}

}  // namespace
}  // namespace rotacast::http
