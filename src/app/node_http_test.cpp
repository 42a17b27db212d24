// Requests to a whole server: which checks come before the body is read, and which requests wait
// for which.

#include "app/node.hpp"
#include "auth/jwt.hpp"
#include "base/log.hpp"
#include "http/loopback_for_tests.hpp"
#include "store/scratch_directory.hpp"
#include "store/sqlite_directory.hpp"

#include <gtest/gtest.h>

#include <latch>
#include <list>
#include <memory>
#include <thread>
#include <utility>

namespace rotacast::app {
namespace {

using namespace std::chrono_literals;
using http::testing::RawClient;

const std::string secret(32, 's');

/// Occupies all threads of a pool until release(). The jobs share its state, because they may
/// return after it was destroyed.
class HeldPool {
  public:
    explicit HeldPool(net::WorkerPool& pool)
        : state_(std::make_shared<State>(static_cast<std::ptrdiff_t>(pool.threads()))) {
        for (std::size_t i = 0; i < pool.threads(); ++i)
            EXPECT_TRUE(pool.try_post([state = state_](net::JobQueue::Turn) {
                state->begun.count_down();
                state->release.wait();
            }));
        state_->begun.wait();
    }
    ~HeldPool() { release(); }
    void release() {
        if (!std::exchange(released_, true)) state_->release.count_down();
    }

  private:
    struct State {
        explicit State(std::ptrdiff_t threads) : begun(threads) {}
        std::latch begun;
        std::latch release{1};
    };
    const std::shared_ptr<State> state_;
    bool released_ = false;
};

class NodeDoorTest : public testing::Test {
  protected:
    NodeDoorTest() {
        config.listen = "127.0.0.1:0";
        config.database = folder.file("rotacast.db");
        config.journal.synchronous = "NORMAL";
        config.drain_window_s = 0;
        config.drain_timeout_s = 0;
        config.login.bcrypt_cost = 4;
        log::set_level("off");
        auto directory = store::SqliteDirectory::open(config.database).value();
        auth::User user;
        user.id = Uuid::random();
        user.username = "ada";
        user.role = auth::Role::coordinator;
        EXPECT_TRUE(directory->add_user(user));
        const auth::TokenIssuer issuer(secret, 600s, 600s);
        token = issuer.issue_access(user, now()).value().token;
    }

    ~NodeDoorTest() override { log::set_level("info"); }

    void start() {
        node = std::make_unique<Node>(config, secret);
        ASSERT_TRUE(node->start());
        const auto url = node->url();
        port = static_cast<std::uint16_t>(std::stoul(url.substr(url.rfind(':') + 1)));
    }

    static std::string login_of(const std::string& name) {
        const auto body = R"({"username":")" + name + R"(","password":"x"})";
        return "POST /api/auth/login/json HTTP/1.1\r\nHost: x\r\nContent-Length: " +
               std::to_string(body.size()) + "\r\n\r\n" + body;
    }

    store::ScratchDirectory folder;
    config::Config config;
    std::string token;
    std::unique_ptr<Node> node;
    std::uint16_t port = 0;
};

// Four megabytes are announced and never sent: a server that waits for them would never respond.
TEST_F(NodeDoorTest, RefusesUnauthenticatedRequestsBeforeTheirBodiesArrive) {
    start();
    for (const std::string path : {"POST /api/v1/events",
                                   "POST /api/v1/broadcast/schedule_updated",
                                   "POST /api/v1/bus/subscriptions/x/pause",
                                   "POST /api/v1/bus/subscriptions/x/resume",
                                   "POST /api/v1/bus/replays",
                                   "POST /api/v1/bus/discards",
                                   "POST /api/v1/bus/restores",
                                   "POST /api/v1/webhooks",
                                   "PATCH /api/v1/webhooks/x",
                                   "DELETE /api/v1/webhooks/x",
                                   "POST /api/v1/webhooks/x/rotate",
                                   "POST /api/v1/webhooks/x/test",
                                   "POST /api/v1/server/drain",
                                   "POST /api/v1/auth/logout",
                                   "PUT /graphql",
                                   "POST /graphql",
                                   "GET /api/v1/stats"}) {
        RawClient client(port);
        client.send(path +
                    " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                    "Expect: 100-continue\r\nContent-Length: 4000000\r\n\r\n");
        const auto answer = client.read_all();
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 401 ")) << path << '\n' << answer;
        EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos) << path << answer;
    }
}

TEST_F(NodeDoorTest, RefusesLongBodiesOfUnauthenticatedRequests) {
    start();
    for (const std::string what : {"login/json", "login", "refresh"}) {
        RawClient client(port);
        client.send("POST /api/v1/auth/" + what +
                    " HTTP/1.1\r\nHost: x\r\nContent-Length: 20000\r\n\r\n");
        const auto answer = client.read_all();
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 413 ")) << what << '\n' << answer;
    }
}

TEST_F(NodeDoorTest, LimitsTheLoginsOfAnAddressOverAllNames) {
    config.login.attempts_per_address = 3;
    start();
    for (int i = 0; i < 3; ++i) {
        RawClient client(port);
        client.send(login_of("nobody" + std::to_string(i)));
        EXPECT_TRUE(client.read_response().starts_with("HTTP/1.1 401 "));
    }
    RawClient client(port);
    client.send("POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n");
    const auto answer = client.read_all();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 429 ")) << answer;
    EXPECT_NE(answer.find("Retry-After: "), std::string::npos) << answer;
}

TEST_F(NodeDoorTest, AnUpgradeDoesNotWaitForPasswordsAndLoginsBeyondTheBoundAreRefused) {
    start();
    auto& pool = node->password_pool();
    HeldPool passwords(pool);
    while (pool.try_post([](net::JobQueue::Turn) {})) {
    }
    RawClient login(port);
    login.send(login_of("nobody"));
    const auto refused = login.read_response();
    EXPECT_TRUE(refused.starts_with("HTTP/1.1 503 ")) << refused;
    EXPECT_NE(refused.find("Retry-After: "), std::string::npos) << refused;
    EXPECT_NE(refused.find(R"("code":1500,)"), std::string::npos) << refused;
    RawClient screen(port);
    screen.open_websocket("/ws?token=" + token);
    EXPECT_NE(screen.read_frame().payload.find("connection_ack"), std::string::npos);
}

// Also run under AddressSanitizer: the objects that the requests refer to are destroyed with the
// server.
TEST_F(NodeDoorTest, StopsWhileRequestsWaitForAWorker) {
    start();
    auto& pool = node->password_pool();
    HeldPool passwords(pool);
    std::list<RawClient> clients;
    for (int i = 0; i < 4; ++i)
        clients.emplace_back(port).send(login_of("nobody" + std::to_string(i)));
    while (pool.waiting() < 4) std::this_thread::yield();
    std::thread stopping([&] { node->stop(); });
    std::this_thread::sleep_for(300ms);  // longer than the drain
    passwords.release();
    stopping.join();
    for (auto& client : clients) EXPECT_TRUE(client.read_all().starts_with("HTTP/1.1 "));
}

}  // namespace
}  // namespace rotacast::app
