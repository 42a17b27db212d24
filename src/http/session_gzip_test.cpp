#include "http/gzip_for_tests.hpp"
#include "http/session_for_tests.hpp"

#include <utility>

namespace rotacast::http {
namespace {

using testing::gzipped;
using testing::has;
using testing::HttpSessionTest;
using testing::RawClient;

// A whole body that comes with the head is inflated too, and once.
TEST_F(HttpSessionTest, InflatesBodiesInGzip) {
    const auto body = gzipped("{\"a\":1}");
    const auto head = [&](const std::string& encoding) {
        return "POST /echo HTTP/1.1\r\nHost: x\r\n" + encoding +
               "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    };
    for (const char* coding : {"gzip", "x-gzip", "GZIP", "identity, gzip"}) {
        const auto answer = ask(head("Content-Encoding: " + std::string(coding) + "\r\n") + body);
        EXPECT_TRUE(answer.ends_with("\r\n\r\n{\"a\":1}")) << answer;
    }
    RawClient slow(server_.port());
    slow.send(head("Content-Encoding: gzip\r\nExpect: 100-continue\r\n"));
    EXPECT_EQ(slow.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    slow.send(body);
    EXPECT_TRUE(slow.read_response().ends_with("\r\n\r\n{\"a\":1}"));
}

TEST_F(HttpSessionTest, RefusesOtherEncodingsBeforeTheBody) {
    for (const char* lines : {"Content-Encoding: br\r\n",
                              "Content-Encoding: deflate\r\n",
                              "Content-Encoding: gzip, gzip\r\n",
                              "Content-Encoding: gzip\r\nContent-Encoding: x-gzip\r\n",
                              "Content-Encoding: ;\r\n",
                              "Content-Encoding: gzip;q=1\r\n"}) {
        const auto answer =
            ask_for_the_last_time(std::string("POST /echo HTTP/1.1\r\nHost: x\r\n") + lines +
                                  "Content-Length: 99\r\n\r\n");
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 415 ")) << lines << answer;
        EXPECT_TRUE(has(answer, "Accept-Encoding: gzip\r\n")) << answer;
        EXPECT_TRUE(has(answer, "\"name\":\"unsupported_media_type\"")) << answer;
    }
}

TEST_F(HttpSessionTest, RefusesGzipBeyondTheBoundOfTheServerOrOfTheHandler) {
    struct Row {
        std::string path;
        std::size_t size;
        std::string_view status;
    };
    const Row rows[] = {{"/echo", 2000, "200"},
                        {"/echo", 2001, "413"},
                        {"/echo/few", testing::few_bytes, "200"},
                        {"/echo/few", testing::few_bytes + 1, "413"}};
    for (const auto& row : rows) {
        const auto body = gzipped(std::string(row.size, 'x'));
        ASSERT_LT(body.size(), testing::few_bytes);
        const auto answer = ask("POST " + row.path +
                                " HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\n"
                                "Content-Length: " +
                                std::to_string(body.size()) + "\r\n\r\n" + body);
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + std::string(row.status))) << answer;
    }
}

TEST_F(HttpSessionTest, RefusesWhatIsNoGzip) {
    const auto answer = ask(
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << answer;
}

}  // namespace
}  // namespace rotacast::http
