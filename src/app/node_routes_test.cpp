// Every route of a whole server tells which methods it takes, and takes these and no others.

#include "app/node.hpp"
#include "base/log.hpp"
#include "http/loopback_for_tests.hpp"
#include "store/scratch_directory.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace rotacast::app {
namespace {

using http::testing::RawClient;

class NodeRoutesTest : public testing::Test {
  protected:
    NodeRoutesTest() {
        Config config;
        config.listen = "127.0.0.1:0";
        config.database = folder_.file("rotacast.db");
        config.journal.synchronous = "NORMAL";
        config.drain_window_s = 0;
        config.drain_timeout_s = 0;
        config.docs = "on";
        config.graphql.graphiql = "on";
        log::set_level("off");
        node = std::make_unique<Node>(config, std::string(32, 's'));
        EXPECT_TRUE(node->start());
        const auto url = node->url();
        port_ = static_cast<std::uint16_t>(std::stoul(url.substr(url.rfind(':') + 1)));
    }
    ~NodeRoutesTest() override { log::set_level("info"); }

    std::string head_of_answer(const std::string& method, const std::string& path) {
        RawClient client(port_);
        client.send(method + ' ' + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
        return client.read_until("\r\n\r\n");
    }

    std::unique_ptr<Node> node;

  private:
    store::ScratchDirectory folder_;
    std::uint16_t port_ = 0;
};

/// The value of Allow; empty if there is none.
std::string allow_in(const std::string& head) {
    const auto at = head.find("\r\nAllow: ");
    if (at == std::string::npos) return "";
    const auto begin = at + 9;
    return head.substr(begin, head.find("\r\n", begin) - begin);
}

bool names(const std::string& allow, const std::string& method) {
    return (", " + allow + ',').find(", " + method + ',') != std::string::npos;
}

TEST_F(NodeRoutesTest, TakeTheMethodsThatAllowNamesAndNoOthers) {
    const auto& routes = node->router().routes();
    EXPECT_GT(routes.size(), 40u);
    for (const auto& route : routes) {
        const auto path = route->prefix + (route->has_parameter ? "x" : "") + route->suffix;
        const auto options = head_of_answer("OPTIONS", path);
        EXPECT_TRUE(options.starts_with("HTTP/1.1 204 ")) << path << '\n' << options;
        const auto allow = allow_in(options);
        EXPECT_TRUE(names(allow, "OPTIONS")) << path;
        const bool only_upgrades = route->upgrade && route->handlers.empty();
        for (const std::string method :
             {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE"}) {
            const auto head = head_of_answer(method, path);
            const bool is_refused = head.starts_with("HTTP/1.1 405 ");
            if (names(allow, method)) {
                EXPECT_FALSE(is_refused) << method << ' ' << path << '\n' << head;
            } else if (only_upgrades) {
                EXPECT_TRUE(head.starts_with("HTTP/1.1 426 ")) << method << ' ' << path << head;
            } else {
                EXPECT_TRUE(is_refused) << method << ' ' << path << '\n' << head;
                EXPECT_EQ(allow_in(head), allow) << method << ' ' << path;
            }
        }
        EXPECT_EQ(names(allow, "HEAD"), names(allow, "GET") && !only_upgrades) << path;
    }
}

}  // namespace
}  // namespace rotacast::app
