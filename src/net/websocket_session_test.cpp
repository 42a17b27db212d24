#include "net/websocket_session.hpp"

#include "hub/shared_pages.hpp"
#include "net/deflate_negotiation.hpp"
#include "net/loopback_for_tests.hpp"
#include "net/tls.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <atomic>
#include <filesystem>
#include <future>

namespace rotacast::net {
namespace {

using hub::Frame;
using hub::FrameKind;
using testing::LoopbackServer;
using testing::RawClient;

/// What the test sees of the handler at the other end.
struct Seen {
    std::promise<std::weak_ptr<WebSocketSession>> opened;  // nothing here outlives the loops
    std::promise<void> closed;
    std::atomic<int> closes{0};
};

class EchoHandler final : public WebSocketHandler {
  public:
    explicit EchoHandler(std::shared_ptr<Seen> seen) : seen_(std::move(seen)) {}
    void on_open(std::shared_ptr<WebSocketSession> session) override {
        session_ = session;
        seen_->opened.set_value(std::move(session));
    }
    void on_text(std::string_view text) override {
        if (text == "fail") throw std::runtime_error("on purpose");
        if (text == "close") return session_->close(4000, "as you wish");
        session_->send_text(text);
    }
    void on_binary(std::string_view bytes) override { session_->send_binary(bytes); }
    void on_closed() override {
        session_.reset();
        if (++seen_->closes == 1) seen_->closed.set_value();
    }

  private:
    std::shared_ptr<Seen> seen_;
    std::shared_ptr<WebSocketSession> session_;
};

std::shared_ptr<const Router> echo_router(WebSocketOptions options, std::shared_ptr<Seen> seen) {
    auto router = std::make_shared<Router>();
    router->add_upgrade(
        "/ws",
        [seen,
         deflate = options.deflate](RequestContext& context) -> asio::awaitable<UpgradeAnswer> {
            UpgradeAccepted accepted;
            accepted.handler = std::make_unique<EchoHandler>(seen);
            accepted.deflate = negotiate_deflate(
                context.joined_header(http::field::sec_websocket_extensions, ", "), deflate);
            co_return accepted;
        },
        std::make_shared<WebSocketOptions>(options));
    return router;
}

/// One server and one client whose session the test can reach.
class Connected {
  public:
    explicit Connected(WebSocketOptions options = {}, int receive_buffer = 0)
        : server_(echo_router(options, seen_)), client_(server_.port(), receive_buffer) {
        client_.open_websocket();
        session_ = seen_->opened.get_future().get().lock();
    }

    RawClient& client() { return client_; }
    Seen& seen() { return *seen_; }
    LoopbackServer& server() { return server_; }
    WebSocketStats& stats() { return session_->loop().websocket_stats(); }

    /// Runs `job` on the session's loop and waits for it.
    template <class Job>
    auto on_loop(Job job) {
        std::packaged_task<decltype(job(*session_))()> task([&] { return job(*session_); });
        auto result = task.get_future();
        session_->loop().post([&task] { task(); });
        return result.get();
    }

    bool closed_in_time() {
        return seen_->closed.get_future().wait_for(std::chrono::seconds{10}) ==
               std::future_status::ready;
    }

  private:
    std::shared_ptr<Seen> seen_ = std::make_shared<Seen>();
    LoopbackServer server_;
    RawClient client_;
    std::shared_ptr<WebSocketSession> session_;
};

Frame numbered(int number, std::size_t size) {
    std::string payload = std::to_string(number) + ":";
    payload.resize(size, 'x');
    return Frame::of(make_frame(Opcode::text, payload));
}

int number_of(const RawClient::Received& frame) {
    return std::stoi(frame.payload);
}

TEST(WebSocketSession, IsSmallWhenIdle) {
    EXPECT_LE(sizeof(WebSocketSession), 512U);
}

TEST(WebSocketSession, ReadsFramesThatComeByteByByte) {
    Connected to;
    std::string frame;
    append_masked_frame(frame, Opcode::text, "hello", {9, 8, 7, 6});
    for (const char c : frame) to.client().send({&c, 1});
    EXPECT_EQ(to.client().read_frame().payload, "hello");
}

TEST(WebSocketSession, AnswersMessagesThatCameWithTheUpgrade) {
    auto seen = std::make_shared<Seen>();
    LoopbackServer server(echo_router({}, seen));
    RawClient client(server.port());
    std::string bytes =
        "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    append_masked_frame(bytes, Opcode::text, "early", {1, 2, 3, 4});
    client.send(bytes);
    const auto head = client.read_until("\r\n\r\n");
    EXPECT_NE(head.find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"),
              std::string::npos);
    EXPECT_EQ(client.read_frame().payload, "early");
}

TEST(WebSocketSession, DeliversEverythingInOrderToASlowReader) {
    WebSocketOptions options;
    options.send_queue_bytes_max = 64 * 1024 * 1024;
    Connected to(options, 4096);
    constexpr int count = 2000;
    to.on_loop([](WebSocketSession& session) {
        for (int i = 0; i < count; ++i) session.send(numbered(i, 5000));
        EXPECT_GT(session.queued_bytes(), 0U);
    });
    for (int i = 0; i < count; ++i) ASSERT_EQ(number_of(to.client().read_frame()), i);
}

TEST(WebSocketSession, SendsPagesWholeAndInOrderToASlowReader) {
    WebSocketOptions options;
    options.send_queue_bytes_max = 64 * 1024 * 1024;
    Connected to(options, 4096);
    constexpr int count = 100;
    to.on_loop([](WebSocketSession& session) {
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

TEST(WebSocketSession, SendsThePagesOfAFrameWhereItHasThem) {
    Connected to;
    const auto other = numbered(7, 1000);  // so that one can tell which were sent
    to.on_loop([&](WebSocketSession& session) {
        auto frame = numbered(1, 1000);
        const auto pages = hub::SharedPages::of(other.bytes);
        ASSERT_TRUE(pages);
        frame.pages = &*pages;
        session.send(std::move(frame));
    });
    EXPECT_EQ(number_of(to.client().read_frame()), 7);
}

TEST(WebSocketSession, OutlivesSendingPagesToAPeerThatIsGone) {
    Connected to;
    to.on_loop([&](WebSocketSession& session) {
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

TEST(WebSocketSession, EndsWhoLetsTheQueueOverflow) {
    WebSocketOptions options;
    options.send_queue_bytes_max = 100 * 1024;
    Connected to(options, 4096);
    to.on_loop([](WebSocketSession& session) {
        for (int i = 0; i < 10'000 && session.open(); ++i) session.send(numbered(i, 5000));
        EXPECT_FALSE(session.open());
        EXPECT_LE(session.queued_bytes(), 6000U);
    });
    EXPECT_TRUE(to.closed_in_time());
    int next = 0;
    auto frame = to.client().read_frame();
    for (; frame.opcode == Opcode::text; frame = to.client().read_frame()) {
        ASSERT_EQ(number_of(frame), next++);
    }
    EXPECT_EQ(frame.opcode, Opcode::close);
    EXPECT_EQ(frame.close_code(), 1008);
    EXPECT_EQ(frame.payload.substr(2), "slow_consumer");
}

TEST(WebSocketSession, DropsTheOldestEventsButNoReplyIfAsked) {
    WebSocketOptions options;
    options.send_queue_bytes_max = 100 * 1024;
    options.policy = hub::SlowConsumerPolicy::drop_oldest;
    Connected to(options, 4096);
    constexpr int count = 3000;
    const auto dropped = to.on_loop([](WebSocketSession& session) {
        for (int i = 0; i < count; ++i) {
            session.send(numbered(i, 5000));
            if (i == 1000)
                session.send(Frame::of(make_frame(Opcode::text, "-1")), FrameKind::reply);
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
    to.client().send_frame(Opcode::ping, "are you there");
    const auto pong = to.client().read_frame();
    EXPECT_EQ(pong.opcode, Opcode::pong);
    EXPECT_EQ(pong.payload, "are you there");
    to.client().send_frame(Opcode::close, "\x0b\xb8 bye");  // 3000
    const auto close = to.client().read_frame();
    EXPECT_EQ(close.opcode, Opcode::close);
    EXPECT_EQ(close.close_code(), 3000);
    EXPECT_EQ(to.client().read_all(), "");
    EXPECT_TRUE(to.closed_in_time());
}

TEST(WebSocketSession, AnswersACloseWithoutACodeLikewise) {
    Connected to;
    to.client().send_frame(Opcode::close, "");
    const auto close = to.client().read_frame();
    EXPECT_EQ(close.opcode, Opcode::close);
    EXPECT_EQ(close.payload, "");
    EXPECT_EQ(to.client().read_all(), "");
}

TEST(WebSocketSession, SendsWhatIsQueuedBeforeItsOwnCloseAndWaitsForTheAnswer) {
    WebSocketOptions options;
    options.send_queue_bytes_max = 64 * 1024 * 1024;
    Connected to(options, 4096);
    to.on_loop([](WebSocketSession& session) {
        for (int i = 0; i < 1000; ++i) session.send(numbered(i, 5000));
        session.close(4000, "done");
        session.send(numbered(1000, 10));
    });
    for (int i = 0; i < 1000; ++i) ASSERT_EQ(number_of(to.client().read_frame()), i);
    EXPECT_EQ(to.client().read_frame().close_code(), 4000);
    to.client().send_frame(Opcode::close, "\x0f\xa0");
    EXPECT_EQ(to.client().read_all(), "");
    EXPECT_TRUE(to.closed_in_time());
    EXPECT_EQ(to.seen().closes, 1);
}

TEST(WebSocketSession, CutsAPeerThatDoesNotAnswerTheClose) {
    WebSocketOptions options;
    options.close_timeout = std::chrono::milliseconds{1};
    Connected to(options);
    to.client().send_frame(Opcode::text, "close");
    EXPECT_EQ(to.client().read_frame().close_code(), 4000);
    EXPECT_EQ(to.client().read_all(), "");
}

TEST(WebSocketSession, EndsWhoStaysSilentAfterAPing) {
    WebSocketOptions options;
    options.ping_interval = std::chrono::milliseconds{1};
    options.idle_timeout = std::chrono::milliseconds{400};
    Connected to(options);
    EXPECT_EQ(to.client().read_frame().opcode, Opcode::ping);
    const auto close = to.client().read_frame();
    EXPECT_EQ(close.opcode, Opcode::close);
    EXPECT_EQ(close.close_code(), 1011);
    EXPECT_TRUE(to.closed_in_time());
}

TEST(WebSocketSession, HandsOutNothingWhilePausedAndEverythingAfterwards) {
    Connected to;
    to.on_loop([](WebSocketSession& session) { session.pause_reading(); });
    std::string frames;
    for (int i = 0; i < 100; ++i) {
        append_masked_frame(frames, Opcode::text, std::to_string(i), {1, 2, 3, 4});
    }
    to.client().send(frames);
    to.on_loop([](WebSocketSession& session) { session.resume_reading(); });
    for (int i = 0; i < 100; ++i) ASSERT_EQ(number_of(to.client().read_frame()), i);
}

TEST(WebSocketSession, EndsProtocolViolationsWithTheirCode) {
    Connected to;
    to.client().send(std::string_view("\x81\x01x", 3));  // not masked
    EXPECT_EQ(to.client().read_frame().close_code(), 1002);
    EXPECT_EQ(to.client().read_all(), "");
    EXPECT_TRUE(to.closed_in_time());
}

TEST(WebSocketSession, RefusesMessagesOverTheBound) {
    WebSocketOptions options;
    options.max_message_bytes = 1000;
    Connected to(options);
    to.client().send_frame(Opcode::binary, std::string(1001, 'x'));
    EXPECT_EQ(to.client().read_frame().close_code(), 1009);
    EXPECT_EQ(to.client().read_all(), "");
}

// ------------------------------------------------------------------------------------- compression

/// A connection whose client offers permessage-deflate, in two header lines.
class Offering {
  public:
    explicit Offering(WebSocketOptions options = {})
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
        append_masked_frame(
            frame, Opcode::text, deflated(payload, 15).value(), {1, 2, 3, 4}, true, true);
        client_.send(frame);
    }

  private:
    LoopbackServer server_;
    RawClient client_;
    std::string head_;
};

WebSocketOptions with_deflate() {
    WebSocketOptions options;
    options.deflate.enabled = true;
    return options;
}

TEST(WebSocketSession, TakesCompressedMessagesOnceThatIsAgreedOn) {
    Offering to(with_deflate());
    EXPECT_NE(to.head().find("\r\nSec-WebSocket-Extensions: permessage-deflate; "
                             "server_no_context_takeover; client_no_context_takeover\r\n"),
              std::string::npos);
    const std::string text(1000, 'x');
    to.send_compressed(text);
    EXPECT_EQ(to.client().read_frame().payload, text);
    to.client().send_frame(Opcode::text, "plain");
    EXPECT_EQ(to.client().read_frame().payload, "plain");
}

TEST(WebSocketSession, TakesNoCompressedMessageUnlessThatIsAgreedOn) {
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

TEST(WebSocketSession, OutlivesAFaultOfItsHandler) {
    Connected to;
    to.client().send_frame(Opcode::text, "fail");
    EXPECT_EQ(to.client().read_frame().close_code(), 1011);
    EXPECT_TRUE(to.closed_in_time());
    EXPECT_EQ(to.stats().handler_faults.value(), 1U);
}

TEST(WebSocketSession, TellsItsHandlerOnceThatTheClientVanished) {
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
    to.client().send_frame(Opcode::close, "\x03\xe9");
    EXPECT_EQ(to.client().read_all(), "");
    // The server waits for our end, too.
    ::shutdown(to.client().descriptor(), SHUT_WR);
    EXPECT_EQ(stopped.wait_for(std::chrono::seconds{9}), std::future_status::ready);
    EXPECT_EQ(to.seen().closes, 1);
}

// --------------------------------------------------------------------------------------------- TLS

/// A self-signed certificate and its key in files that go with it.
class Certificate {
  public:
    Certificate() {
        EVP_PKEY* key = EVP_EC_gen("P-256");
        X509* certificate = X509_new();
        X509_set_version(certificate, X509_VERSION_3);
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
        X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
        X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
        X509_set_pubkey(certificate, key);
        X509_NAME* name = X509_get_subject_name(certificate);
        const auto* host = reinterpret_cast<const unsigned char*>("localhost");
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, host, -1, -1, 0);
        X509_set_issuer_name(certificate, name);
        X509_sign(certificate, key, EVP_sha256());
        FILE* out = std::fopen(certificate_file().c_str(), "w");
        PEM_write_X509(out, certificate);
        std::fclose(out);
        out = std::fopen(key_file().c_str(), "w");
        PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
        std::fclose(out);
        X509_free(certificate);
        EVP_PKEY_free(key);
    }
    ~Certificate() { std::filesystem::remove_all(folder_); }

    std::string certificate_file() const { return folder_ + "/certificate.pem"; }
    std::string key_file() const { return folder_ + "/key.pem"; }

  private:
    static std::string make_folder() {
        std::string name = (std::filesystem::temp_directory_path() / "net_test_XXXXXX").string();
        return ::mkdtemp(name.data());
    }
    std::string folder_ = make_folder();
};

/// The same raw client inside TLS.
class TlsClient {
  public:
    explicit TlsClient(std::uint16_t port)
        : raw_(port), context_(SSL_CTX_new(TLS_client_method())), ssl_(SSL_new(context_)) {
        SSL_set_fd(ssl_, raw_.descriptor());
        connected_ = SSL_connect(ssl_) == 1;
    }
    ~TlsClient() {
        SSL_free(ssl_);
        SSL_CTX_free(context_);
    }
    TlsClient(const TlsClient&) = delete;
    TlsClient& operator=(const TlsClient&) = delete;

    bool connected() const { return connected_; }
    bool send(std::string_view bytes) {
        return SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())) > 0;
    }
    /// Exactly that many bytes, or fewer at the end of the connection.
    std::string read(std::size_t count) {
        std::string out(count, '\0');
        std::size_t filled = 0;
        while (filled < count) {
            const int got = SSL_read(ssl_, out.data() + filled, static_cast<int>(count - filled));
            if (got <= 0) break;
            filled += static_cast<std::size_t>(got);
        }
        out.resize(filled);
        return out;
    }
    std::string read_until(std::string_view end) {
        std::string out;
        while (!out.ends_with(end)) {
            const auto next = read(1);
            if (next.empty()) break;
            out += next;
        }
        return out;
    }

  private:
    RawClient raw_;
    SSL_CTX* context_;
    SSL* ssl_;
    bool connected_ = false;
};

TEST(WebSocketSession, EchoesOverTls) {
    const Certificate certificate;
    ListenerOptions listen;
    listen.tls = make_tls_context(certificate.certificate_file(), certificate.key_file()).value();
    WebSocketOptions options;
    options.max_message_bytes = 4 * 1024 * 1024;
    options.send_queue_bytes_max = 8 * 1024 * 1024;
    auto seen = std::make_shared<Seen>();
    LoopbackServer server(echo_router(options, seen), {}, listen);
    EXPECT_TRUE(server.listener().url().starts_with("https://"));
    TlsClient client(server.port());
    ASSERT_TRUE(client.connected());
    client.send(
        "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    ASSERT_TRUE(client.read_until("\r\n\r\n").starts_with("HTTP/1.1 101 "));
    for (const std::size_t size : {5U, 200U, 70'000U, 1'000'000U}) {
        const std::string payload(size, 'y');
        std::string frame;
        append_masked_frame(frame, Opcode::text, payload, {1, 2, 3, 4});
        ASSERT_TRUE(client.send(frame));
        const auto expected = make_frame(Opcode::text, payload);
        ASSERT_EQ(client.read(expected.size()), expected) << size;
    }
    std::string close;
    append_masked_frame(close, Opcode::close, "\x03\xe8", {1, 2, 3, 4});
    ASSERT_TRUE(client.send(close));
    EXPECT_EQ(client.read(1000), close_frame(1000));
}

TEST(Tls, NamesTheFileThatCannotBeUsed) {
    const auto missing = make_tls_context("/nonexistent/certificate", "/nonexistent/key");
    ASSERT_TRUE(missing.has_error());
    EXPECT_EQ(missing.error().code, ErrorCode::config_invalid);
    EXPECT_NE(missing.error().message.find("/nonexistent/certificate"), std::string::npos);
}

}  // namespace
}  // namespace rotacast::net
