#include "http/sse_session.hpp"

#include "http/sse_session_for_tests.hpp"

namespace rotacast::http {
namespace {

using namespace sse_testing;

TEST(SseSession, IsSmallWhenIdle) {
    EXPECT_LE(sizeof(SseSession), 384U);
}

// ------------------------------------------------------------------------------------ the response

TEST(SseSession, SendsChunksAndALastOne) {
    Connected to({}, 0, ask_chunked);
    EXPECT_TRUE(to.head().starts_with("HTTP/1.1 200 OK\r\n")) << to.head();
    for (const auto* line : {"Content-Type: text/event-stream\r\n",
                             "Cache-Control: no-store, no-transform\r\n",
                             "X-Accel-Buffering: no\r\n",
                             "Transfer-Encoding: chunked\r\n",
                             "Connection: close\r\n"})
        EXPECT_NE(to.head().find(line), std::string::npos) << line << to.head();
    EXPECT_EQ(to.head().find("Content-Length"), std::string::npos);
    EXPECT_EQ(to.greeting(), "3\r\n:\n\n\r\n");
    EXPECT_EQ(to.first(), first_chunk);
    to.on_loop([](SseSession& session) {
        session.send(Frame::of(session.framed("data: second\n\n")));
        session.send_text("");
        session.close();
    });
    EXPECT_EQ(to.client().read_all(), "e\r\ndata: second\n\n\r\n0\r\n\r\n");
    EXPECT_EQ(to.end(), SseEnd::closed);
}

TEST(SseSession, SendsABodyThatEndsWithTheConnectionToHttp10) {
    Connected to;
    EXPECT_TRUE(to.head().starts_with("HTTP/1.0 200 OK\r\n")) << to.head();
    for (const auto* name : {"Content-Length", "Transfer-Encoding", "Connection: keep-alive"})
        EXPECT_EQ(to.head().find(name), std::string::npos) << name << to.head();
    EXPECT_EQ(to.greeting(), sse_comment);
    EXPECT_EQ(to.first(), "data: first\n\n");
    to.on_loop([](SseSession& session) { session.close(); });
    EXPECT_EQ(to.client().read_all(), "");
    EXPECT_EQ(to.end(), SseEnd::closed);
}

TEST(SseSession, IsNotOpenedByHead) {
    auto seen = std::make_shared<Seen>();
    LoopbackServer server(stream_router({}, seen));
    RawClient client(server.port());
    client.send("HEAD /stream HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto answer = client.read_all();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
    EXPECT_NE(answer.find("Content-Type: text/event-stream\r\n"), std::string::npos);
    EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
    ASSERT_EQ(seen->destroyed.get_future().wait_for(10s), std::future_status::ready);
    EXPECT_EQ(seen->opens, 0);
    EXPECT_EQ(seen->closes, 0);
}

TEST(SseSession, IsRefusedByAnOrdinaryResponseOnAConnectionThatGoesOn) {
    LoopbackServer server(stream_router({}, std::make_shared<Seen>()));
    RawClient client(server.port());
    client.send("GET /refused HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto refused = client.read_response();
    EXPECT_TRUE(refused.starts_with("HTTP/1.1 401 ")) << refused;
    EXPECT_NE(refused.find("token_missing"), std::string::npos);
    client.send("POST /stream HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
    const auto answer = client.read_response();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 405 ")) << answer;
    EXPECT_NE(answer.find("Allow: GET, HEAD, OPTIONS\r\n"), std::string::npos) << answer;
}

// ----------------------------------------------------------------------------------------- sending

TEST(SseSession, DeliversEverythingInOrderToASlowReaderAndReportsWhenDrained) {
    SseOptions options;
    options.send_queue_bytes_max = 64 * 1024 * 1024;
    Connected to(options, 4096);
    constexpr int count = 2000;
    to.on_loop([](SseSession& session) {
        for (int i = 0; i < count; ++i) session.send(numbered(i, 5000));
        EXPECT_GT(session.queued_bytes(), 0U);
    });
    for (int i = 0; i < count; ++i) ASSERT_EQ(number_of(to.client().read_until("\n\n")), i);
    EXPECT_EQ(to.seen().drained.get_future().wait_for(10s), std::future_status::ready);
    EXPECT_EQ(to.stats().frames_out.value(), 1U + count);
}

TEST(SseSession, EndsAClientThatOverflowsTheQueue) {
    SseOptions options;
    options.send_queue_bytes_max = 100 * 1024;
    Connected to(options, 4096);
    to.on_loop([](SseSession& session) {
        for (int i = 0; i < 10'000 && session.open(); ++i) session.send(numbered(i, 5000));
        EXPECT_FALSE(session.open());
        EXPECT_EQ(session.queued_bytes(), 0U);
    });
    EXPECT_EQ(to.end(), SseEnd::slow_consumer);
    EXPECT_EQ(to.stats().slow_consumers.value(), 1U);
    // What was sent before stays in order, up to where it is cut off.
    auto rest = to.client().read_all();
    for (int next = 0; rest.find("\n\n") != std::string::npos; ++next) {
        ASSERT_EQ(number_of(rest), next);
        rest.erase(0, rest.find("\n\n") + 2);
    }
}

TEST(SseSession, DropsTheOldestEventsButNoReplyIfAsked) {
    SseOptions options;
    options.send_queue_bytes_max = 100 * 1024;
    options.policy = hub::SlowConsumerPolicy::drop_oldest;
    Connected to(options, 4096);
    constexpr int count = 3000;
    const auto dropped = to.on_loop([](SseSession& session) {
        for (int i = 0; i < count; ++i) {
            session.send(numbered(i, 5000));
            if (i == 1000) session.send_text("data: -1\n\n");
        }
        return session.dropped_frames();
    });
    EXPECT_GT(dropped, 0U);
    EXPECT_EQ(to.stats().frames_dropped.value(), dropped);
    int received = 0;
    int replies = 0;
    for (int last = -1; last != count - 1;) {
        const int number = number_of(to.client().read_until("\n\n"));
        if (number == -1) {
            ++replies;
            continue;
        }
        ASSERT_GT(number, last);
        last = number;
        ++received;
    }
    EXPECT_EQ(replies, 1);
    EXPECT_EQ(received + static_cast<int>(dropped), count);
}

TEST(SseSession, SendsACommentAfterSilence) {
    SseOptions options;
    options.ping_interval = 1ms;
    Connected to(options);
    EXPECT_EQ(to.client().read(2 * sse_comment.size()), std::string(sse_comment) + ":\n\n");
}

TEST(SseSession, SendsTheCommentAsAChunkToo) {
    SseOptions options;
    options.ping_interval = 1ms;
    Connected to(options, 0, ask_chunked);
    EXPECT_EQ(to.client().read_until(":\n\n\r\n"), "3\r\n:\n\n\r\n");
}

}  // namespace
}  // namespace rotacast::http
