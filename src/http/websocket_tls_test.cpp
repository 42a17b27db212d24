#include "net/tls.hpp"

#include "http/websocket_session_for_tests.hpp"
#include "net/certificate_for_tests.hpp"

#include <openssl/ssl.h>

namespace rotacast::http {
namespace {

using namespace testing;

/// The same raw client over TLS.
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
    /// Reads exactly that many bytes, or fewer at the end of the connection.
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
    const net::testing::Certificate certificate("IP:127.0.0.1");
    net::ListenerOptions listen;
    const auto loaded = net::load_certificate({certificate.file(), certificate.key_file()}).value();
    listen.tls = [context = loaded.context] { return context; };
    net::WebSocketOptions options;
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
        net::append_masked_frame(frame, net::Opcode::text, payload, {1, 2, 3, 4});
        ASSERT_TRUE(client.send(frame));
        const auto expected = net::make_frame(net::Opcode::text, payload);
        ASSERT_EQ(client.read(expected.size()), expected) << size;
    }
    std::string close;
    net::append_masked_frame(close, net::Opcode::close, "\x03\xe8", {1, 2, 3, 4});
    ASSERT_TRUE(client.send(close));
    EXPECT_EQ(client.read(1000), net::close_frame(1000));
}

TEST(Tls, NamesTheFileThatCannotBeUsed) {
    const auto missing = net::load_certificate({"/nonexistent/certificate", "/nonexistent/key"});
    ASSERT_TRUE(missing.has_error());
    EXPECT_EQ(missing.error().code, ErrorCode::config_invalid);
    EXPECT_NE(missing.error().message.find("/nonexistent/certificate"), std::string::npos);
}

}  // namespace
}  // namespace rotacast::http
