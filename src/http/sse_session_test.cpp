#include "http/sse_session.hpp"

#include "http/loopback_for_tests.hpp"
#include "http/sse.hpp"

#include <atomic>
#include <future>

namespace rotacast::http {
namespace {

using hub::Frame;
using hub::FrameKind;
using testing::LoopbackServer;
using testing::RawClient;
using namespace std::chrono_literals;

/// What the test observes of the handler.
struct Seen {
    std::promise<std::weak_ptr<SseSession>> opened;  // weak: nothing here may outlive the loops
    std::promise<void> drained;
    std::promise<SseEnd> closed;
    std::promise<void> destroyed;
    std::atomic<int> opens{0};
    std::atomic<int> drains{0};
    std::atomic<int> closes{0};
    std::atomic<bool> fails{false};  // makes the next tick throw
};

class TestHandler final : public SseHandler {
  public:
    explicit TestHandler(std::shared_ptr<Seen> seen) : seen_(std::move(seen)) {}
    ~TestHandler() override { seen_->destroyed.set_value(); }

    void on_open(std::shared_ptr<SseSession> session) override {
        ++seen_->opens;
        session_ = session;
        session->send_text("data: first\n\n");
        seen_->opened.set_value(std::move(session));
    }
    void on_tick(Timestamp) override {
        if (seen_->fails) throw std::runtime_error("on purpose");
    }
    void on_drained() override {
        if (++seen_->drains == 1) seen_->drained.set_value();
    }
    void on_draining(std::chrono::milliseconds, std::chrono::milliseconds) override {
        session_->send_text("data: goodbye\n\n");
    }
    void on_closed(SseEnd end) override {
        session_.reset();
        if (++seen_->closes == 1) seen_->closed.set_value(end);
    }

  private:
    std::shared_ptr<Seen> seen_;
    std::shared_ptr<SseSession> session_;
};

std::shared_ptr<const Router> stream_router(SseOptions options, std::shared_ptr<Seen> seen) {
    auto router = std::make_shared<Router>();
    auto shared = std::make_shared<SseOptions>(options);
    router->add_stream(
        "/stream",
        [seen](RequestContext&) -> asio::awaitable<StreamAnswer> {
            co_return std::make_unique<TestHandler>(seen);
        },
        shared);
    router->add_stream(
        "/refused",
        [](RequestContext&) -> asio::awaitable<StreamAnswer> {
            co_return error_response({ErrorCode::token_missing, "", ""});
        },
        shared);
    return router;
}

constexpr std::string_view ask = "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n";

/// One server and one client, with access to the session.
class Connected {
  public:
    explicit Connected(SseOptions options = {}, int receive_buffer = 0)
        : server_(stream_router(options, seen_)),
          client_(std::make_unique<RawClient>(server_.port(), receive_buffer)) {
        client_->send(ask);
        head_ = client_->read_until("\r\n\r\n");
        first_ = client_->read_until("\n\n");
        session_ = seen_->opened.get_future().get().lock();
    }

    RawClient& client() { return *client_; }
    void hang_up() { client_.reset(); }
    const std::string& head() const { return head_; }
    const std::string& first() const { return first_; }
    Seen& seen() { return *seen_; }
    LoopbackServer& server() { return server_; }
    net::SseStats& stats() { return session_->loop().sse_stats(); }

    /// Runs `job` on the session's loop and waits for it.
    template <class Job>
    auto on_loop(Job job) {
        std::packaged_task<decltype(job(*session_))()> task([&] { return job(*session_); });
        auto result = task.get_future();
        session_->loop().post([&task] { task(); });
        return result.get();
    }

    SseEnd end() {
        auto closed = seen_->closed.get_future();
        if (closed.wait_for(10s) != std::future_status::ready)
            throw std::runtime_error("the stream did not end");
        return closed.get();
    }

  private:
    std::shared_ptr<Seen> seen_ = std::make_shared<Seen>();
    LoopbackServer server_;
    std::unique_ptr<RawClient> client_;
    std::string head_;
    std::string first_;
    std::shared_ptr<SseSession> session_;
};

Frame numbered(int number, std::size_t size) {
    std::string record = "data: " + std::to_string(number) + ':';
    record.resize(size, 'x');
    return Frame::of(record + "\n\n");
}

int number_of(std::string_view record) {
    return std::stoi(std::string(record.substr(6)));
}

TEST(SseSession, IsSmallWhenIdle) {
    EXPECT_LE(sizeof(SseSession), 384U);
}

// ------------------------------------------------------------------------------------ the response

TEST(SseSession, SendsAResponseThatEndsWithTheConnection) {
    Connected to;
    EXPECT_TRUE(to.head().starts_with("HTTP/1.1 200 OK\r\n")) << to.head();
    for (const auto* line : {"Content-Type: text/event-stream\r\n",
                             "Cache-Control: no-store\r\n",
                             "X-Accel-Buffering: no\r\n",
                             "Connection: close\r\n"})
        EXPECT_NE(to.head().find(line), std::string::npos) << line << to.head();
    EXPECT_EQ(to.head().find("Content-Length"), std::string::npos);
    EXPECT_EQ(to.head().find("Transfer-Encoding"), std::string::npos);
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

// ----------------------------------------------------------------------------------------- the end

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

}  // namespace
}  // namespace rotacast::http
