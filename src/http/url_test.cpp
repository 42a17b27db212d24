#include "http/url.hpp"

#include <gtest/gtest.h>

namespace rotacast::http {
namespace {

TEST(Url, IsParsed) {
    const auto plain = parse_url("http://id.example");
    ASSERT_TRUE(plain);
    EXPECT_FALSE(plain->secure);
    EXPECT_EQ(plain->port, "80");
    EXPECT_EQ(plain->target, "/");
    EXPECT_EQ(plain->authorization, "");
    const auto full = parse_url("https://user:pass@[::1]:8443/a/b?key=secret#f");
    ASSERT_TRUE(full);
    EXPECT_TRUE(full->secure);
    EXPECT_EQ(full->host, "::1");
    EXPECT_EQ(full->port, "8443");
    EXPECT_EQ(full->target, "/a/b?key=secret");
    EXPECT_EQ(full->authorization, "Basic dXNlcjpwYXNz");
    EXPECT_EQ(full->shown, "https://[::1]:8443/a/b");
    EXPECT_EQ(parse_url("https://id.example/x")->port, "443");
}

TEST(Url, OtherTextsAreRefused) {
    for (const char* bad : {"",
                            "x",
                            "/jwks",
                            "file:///etc/x",
                            "ftp://h/",
                            "http://",
                            "http:///x",
                            "https://h/a b",
                            "http://h\r\n/",
                            "//h/x"})
        EXPECT_FALSE(parse_url(bad)) << bad;
}

TEST(Url, AHostHasPerhapsAPortAndNothingElse) {
    for (const char* good :
         {"rota.example", "Rota.Example:8443", "127.0.0.1:80", "[2001:db8::1]", "[::1]:443", "x"})
        EXPECT_TRUE(is_host(good)) << good;
    for (const char* bad : {"",
                            ":80",
                            "a b",
                            "a/b",
                            "user@x",
                            "x:port",
                            "[::1",
                            "::1",
                            "a\"b",
                            "a\r\nb",
                            "a?b",
                            "a#b"})
        EXPECT_FALSE(is_host(bad)) << bad;
    EXPECT_TRUE(is_host(std::string(261, 'a')));
    EXPECT_FALSE(is_host(std::string(262, 'a')));
}

}  // namespace
}  // namespace rotacast::http
