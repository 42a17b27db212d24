#include "net/websocket_session.hpp"

#include "http/websocket_session_for_tests.hpp"
#include "hub/shared_pages.hpp"

namespace rotacast::http {
namespace {

using hub::Frame;
using hub::FrameKind;
using namespace testing;

TEST(WebSocketSession, IsSmallWhenIdle) {
    EXPECT_LE(sizeof(net::WebSocketSession), 512U);
}

TEST(WebSocketSession, ReadsFramesThatArriveByteByByte) {
    Connected to;
    std::string frame;
    net::append_masked_frame(frame, net::Opcode::text, "hello", {9, 8, 7, 6});
    for (const char c : frame) to.client().send({&c, 1});
    EXPECT_EQ(to.client().read_frame().payload, "hello");
}

TEST(WebSocketSession, AnswersMessagesThatArrivedWithTheUpgrade) {
    auto seen = std::make_shared<Seen>();
    LoopbackServer server(echo_router({}, seen));
    RawClient client(server.port());
    std::string bytes =
        "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    net::append_masked_frame(bytes, net::Opcode::text, "early", {1, 2, 3, 4});
    client.send(bytes);
    const auto head = client.read_until("\r\n\r\n");
    EXPECT_NE(head.find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"),
              std::string::npos);
    EXPECT_EQ(client.read_frame().payload, "early");
}

TEST(WebSocketSession, DeliversEverythingInOrderToASlowReader) {
    net::WebSocketOptions options;
    options.send_queue_bytes_max = 64 * 1024 * 1024;
    Connected to(options, 4096);
    constexpr int count = 2000;
    to.on_loop([](net::WebSocketSession& session) {
        for (int i = 0; i < count; ++i) session.send(numbered(i, 5000));
        EXPECT_GT(session.queued_bytes(), 0U);
    });
    for (int i = 0; i < count; ++i) ASSERT_EQ(number_of(to.client().read_frame()), i);
}

TEST(WebSocketSession, SendsPagesWholeAndInOrderToASlowReader) {
    net::WebSocketOptions options;
    options.send_queue_bytes_max = 64 * 1024 * 1024;
    Connected to(options, 4096);
    constexpr int count = 100;
    to.on_loop([](net::WebSocketSession& session) {
        for (int i = 0; i < count; ++i) {
            auto frame = numbered(i, 100'000);
            const auto pages = hub::SharedPages::of(frame.bytes);
            ASSERT_TRUE(pages);
            frame.pages = &*pages;
            session.send(std::move(frame));
        }
        EXPECT_GT(session.queued_bytes(), 0U);
    });
    for (int i = 0; i < count; ++i) {
        const auto frame = to.client().read_frame();
        ASSERT_EQ(number_of(frame), i);
        ASSERT_EQ(frame.payload.size(), 100'000U);
    }
}

TEST(WebSocketSession, SendsThePagesOfAFrameIfItHasThem) {
    Connected to;
    const auto other = numbered(7, 1000);  // differs, so that one can see which were sent
    to.on_loop([&](net::WebSocketSession& session) {
        auto frame = numbered(1, 1000);
        const auto pages = hub::SharedPages::of(other.bytes);
        ASSERT_TRUE(pages);
        frame.pages = &*pages;
        session.send(std::move(frame));
    });
    EXPECT_EQ(number_of(to.client().read_frame()), 7);
}

TEST(WebSocketSession, SurvivesSendingPagesToAPeerThatIsGone) {
    Connected to;
    to.on_loop([&](net::WebSocketSession& session) {
        to.client().end_and_reset();  // in a job, so that the session does not know yet
        auto frame = numbered(1, 100'000);
        const auto pages = hub::SharedPages::of(frame.bytes);
        ASSERT_TRUE(pages);
        frame.pages = &*pages;
        session.send(std::move(frame));
        EXPECT_FALSE(session.open());
    });
    EXPECT_TRUE(to.closed_in_time());
}

TEST(WebSocketSession, EndsAClientThatOverflowsTheQueue) {
    net::WebSocketOptions options;
    options.send_queue_bytes_max = 100 * 1024;
    Connected to(options, 4096);
    to.on_loop([](net::WebSocketSession& session) {
        for (int i = 0; i < 10'000 && session.open(); ++i) session.send(numbered(i, 5000));
        EXPECT_FALSE(session.open());
        EXPECT_LE(session.queued_bytes(), 6000U);
    });
    EXPECT_TRUE(to.closed_in_time());
    int next = 0;
    auto frame = to.client().read_frame();
    for (; frame.opcode == net::Opcode::text; frame = to.client().read_frame()) {
        ASSERT_EQ(number_of(frame), next++);
    }
    EXPECT_EQ(frame.opcode, net::Opcode::close);
    EXPECT_EQ(frame.close_code(), 1008);
    EXPECT_EQ(frame.payload.substr(2), "slow_consumer");
}

TEST(WebSocketSession, DropsTheOldestEventsButNoReplyIfAsked) {
    net::WebSocketOptions options;
    options.send_queue_bytes_max = 100 * 1024;
    options.policy = hub::SlowConsumerPolicy::drop_oldest;
    Connected to(options, 4096);
    constexpr int count = 3000;
    const auto dropped = to.on_loop([](net::WebSocketSession& session) {
        for (int i = 0; i < count; ++i) {
            session.send(numbered(i, 5000));
            if (i == 1000)
                session.send(Frame::of(net::make_frame(net::Opcode::text, "-1")), FrameKind::reply);
        }
        return session.dropped_frames();
    });
    EXPECT_GT(dropped, 0U);
    EXPECT_EQ(to.stats().frames_dropped.value(), dropped);
    int received = 0;
    int replies = 0;
    int last = -1;
    while (last != count - 1) {
        const int number = number_of(to.client().read_frame());
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

TEST(WebSocketSession, AnswersPingsAndTheClientsClose) {
    Connected to;
    to.client().send_frame(net::Opcode::ping, "are you there");
    const auto pong = to.client().read_frame();
    EXPECT_EQ(pong.opcode, net::Opcode::pong);
    EXPECT_EQ(pong.payload, "are you there");
    to.client().send_frame(net::Opcode::close, "\x0b\xb8 bye");  // 3000
    const auto close = to.client().read_frame();
    EXPECT_EQ(close.opcode, net::Opcode::close);
    EXPECT_EQ(close.close_code(), 3000);
    EXPECT_EQ(to.client().read_all(), "");
    EXPECT_TRUE(to.closed_in_time());
}

TEST(WebSocketSession, AnswersACloseWithoutACodeLikewise) {
    Connected to;
    to.client().send_frame(net::Opcode::close, "");
    const auto close = to.client().read_frame();
    EXPECT_EQ(close.opcode, net::Opcode::close);
    EXPECT_EQ(close.payload, "");
    EXPECT_EQ(to.client().read_all(), "");
}

TEST(WebSocketSession, SendsWhatIsQueuedBeforeItsOwnCloseAndWaitsForTheAnswer) {
    net::WebSocketOptions options;
    options.send_queue_bytes_max = 64 * 1024 * 1024;
    Connected to(options, 4096);
    to.on_loop([](net::WebSocketSession& session) {
        for (int i = 0; i < 1000; ++i) session.send(numbered(i, 5000));
        session.close(4000, "done");
        session.send(numbered(1000, 10));
    });
    for (int i = 0; i < 1000; ++i) ASSERT_EQ(number_of(to.client().read_frame()), i);
    EXPECT_EQ(to.client().read_frame().close_code(), 4000);
    to.client().send_frame(net::Opcode::close, "\x0f\xa0");
    EXPECT_EQ(to.client().read_all(), "");
    EXPECT_TRUE(to.closed_in_time());
    EXPECT_EQ(to.seen().closes, 1);
}

TEST(WebSocketSession, EndsAPeerThatDoesNotAnswerTheClose) {
    net::WebSocketOptions options;
    options.close_timeout = std::chrono::milliseconds{1};
    Connected to(options);
    to.client().send_frame(net::Opcode::text, "close");
    EXPECT_EQ(to.client().read_frame().close_code(), 4000);
    EXPECT_EQ(to.client().read_all(), "");
}

TEST(WebSocketSession, EndsAPeerThatStaysSilentAfterAPing) {
    net::WebSocketOptions options;
    options.ping_interval = std::chrono::milliseconds{1};
    options.idle_timeout = std::chrono::milliseconds{400};
    Connected to(options);
    EXPECT_EQ(to.client().read_frame().opcode, net::Opcode::ping);
    const auto close = to.client().read_frame();
    EXPECT_EQ(close.opcode, net::Opcode::close);
    EXPECT_EQ(close.close_code(), 1011);
    EXPECT_TRUE(to.closed_in_time());
}

TEST(WebSocketSession, DeliversNothingWhilePausedAndEverythingAfterwards) {
    Connected to;
    to.on_loop([](net::WebSocketSession& session) { session.pause_reading(); });
    std::string frames;
    for (int i = 0; i < 100; ++i) {
        net::append_masked_frame(frames, net::Opcode::text, std::to_string(i), {1, 2, 3, 4});
    }
    to.client().send(frames);
    to.on_loop([](net::WebSocketSession& session) { session.resume_reading(); });
    for (int i = 0; i < 100; ++i) ASSERT_EQ(number_of(to.client().read_frame()), i);
}

TEST(WebSocketSession, ClosesWithTheCodeOfAProtocolViolation) {
    Connected to;
    to.client().send(std::string_view("\x81\x01x", 3));  // not masked
    const auto close = to.client().read_frame();
    EXPECT_EQ(close.close_code(), 1002);
    EXPECT_TRUE(close.payload.substr(2).starts_with("bad_request: ")) << close.payload;
    EXPECT_EQ(to.client().read_all(), "");
    EXPECT_TRUE(to.closed_in_time());
}

TEST(WebSocketSession, RefusesMessagesOverTheBound) {
    net::WebSocketOptions options;
    options.max_message_bytes = 1000;
    Connected to(options);
    to.client().send_frame(net::Opcode::binary, std::string(1001, 'x'));
    const auto close = to.client().read_frame();
    EXPECT_EQ(close.close_code(), 1009);
    EXPECT_EQ(close.payload.substr(2), "too_large: message too big");
    EXPECT_EQ(to.client().read_all(), "");
}

// ------------------------------------------------------------------------------------- compression

/// A connection whose client offers permessage-deflate, in two header lines.
class Offering {
  public:
    explicit Offering(net::WebSocketOptions options = {})
        : server_(echo_router(options, std::make_shared<Seen>())), client_(server_.port()) {
        client_.send(
            "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Sec-WebSocket-Extensions: x-other; y=1\r\n"
            "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n");
        head_ = client_.read_until("\r\n\r\n");
    }

    const std::string& head() const { return head_; }
    RawClient& client() { return client_; }

    void send_compressed(std::string_view payload) {
        std::string frame;
        net::append_masked_frame(
            frame, net::Opcode::text, net::deflated(payload, 15).value(), {1, 2, 3, 4}, true, true);
        client_.send(frame);
    }

  private:
    LoopbackServer server_;
    RawClient client_;
    std::string head_;
};

net::WebSocketOptions with_deflate() {
    net::WebSocketOptions options;
    options.deflate.enabled = true;
    return options;
}

TEST(WebSocketSession, AcceptsCompressedMessagesIfAgreedOn) {
    Offering to(with_deflate());
    EXPECT_NE(to.head().find("\r\nSec-WebSocket-Extensions: permessage-deflate; "
                             "server_no_context_takeover; client_no_context_takeover\r\n"),
              std::string::npos);
    const std::string text(1000, 'x');
    to.send_compressed(text);
    EXPECT_EQ(to.client().read_frame().payload, text);
    to.client().send_frame(net::Opcode::text, "plain");
    EXPECT_EQ(to.client().read_frame().payload, "plain");
}

TEST(WebSocketSession, RefusesCompressedMessagesUnlessAgreedOn) {
    Offering to;
    EXPECT_EQ(to.head().find("Sec-WebSocket-Extensions"), std::string::npos);
    to.send_compressed(std::string(1000, 'x'));
    EXPECT_EQ(to.client().read_frame().close_code(), 1002);
}

TEST(WebSocketSession, RefusesMessagesThatInflateOverTheBound) {
    auto options = with_deflate();
    options.max_message_bytes = 1000;
    Offering to(options);
    to.send_compressed(std::string(1001, 'x'));
    EXPECT_EQ(to.client().read_frame().close_code(), 1009);
    EXPECT_EQ(to.client().read_all(), "");
}

// ---------------------------------------------------------------------------------------- faults

TEST(WebSocketSession, AnExceptionOfTheHandlerEndsOnlyItsConnection) {
    Connected to;
    to.client().send_frame(net::Opcode::text, "fail");
    EXPECT_EQ(to.client().read_frame().close_code(), 1011);
    EXPECT_TRUE(to.closed_in_time());
    EXPECT_EQ(to.stats().handler_faults.value(), 1U);
}

TEST(WebSocketSession, EndsInTheWordsOfItsProtocol) {
    Connected failing;
    failing.seen().own_words = true;
    failing.client().send_frame(net::Opcode::text, "fail");
    const auto fault = failing.client().read_frame();
    EXPECT_EQ(fault.close_code(), 4100 + static_cast<int>(net::SessionEnd::fault));
    EXPECT_EQ(fault.payload.substr(2), "name: words");

    net::WebSocketOptions options;
    options.send_queue_bytes_max = 1024;
    Connected slow(options, 4096);
    slow.seen().own_words = true;
    slow.on_loop([](net::WebSocketSession& session) {
        for (int i = 0; i < 10'000 && session.open(); ++i) session.send(numbered(i, 5000));
    });
    auto frame = slow.client().read_frame();
    while (frame.opcode == net::Opcode::text) frame = slow.client().read_frame();
    EXPECT_EQ(frame.close_code(), 4100 + static_cast<int>(net::SessionEnd::slow));
}

TEST(WebSocketSession, NotifiesItsHandlerOnceThatTheClientDisconnected) {
    auto seen = std::make_shared<Seen>();
    LoopbackServer server(echo_router({}, seen));
    {
        RawClient client(server.port());
        client.open_websocket();
        seen->opened.get_future().get();
    }
    EXPECT_EQ(seen->closed.get_future().wait_for(std::chrono::seconds{10}),
              std::future_status::ready);
    EXPECT_EQ(seen->closes, 1);
}

TEST(WebSocketSession, SaysGoodbyeWhenTheServerStops) {
    Connected to;
    auto stopped = std::async(std::launch::async,
                              [&] { to.server().loops().drain({}, std::chrono::seconds{10}); });
    const auto close = to.client().read_frame();
    EXPECT_EQ(close.close_code(), 1001);
    EXPECT_EQ(close.payload.substr(2), "going_away");
    to.client().send_frame(net::Opcode::close, "\x03\xe9");
    EXPECT_EQ(to.client().read_all(), "");
    // The server waits for the client's end, too.
    ::shutdown(to.client().descriptor(), SHUT_WR);
    EXPECT_EQ(stopped.wait_for(std::chrono::seconds{9}), std::future_status::ready);
    EXPECT_EQ(to.seen().closes, 1);
}

}  // namespace
}  // namespace rotacast::http
