#include "auth/token_source.hpp"

#include <gtest/gtest.h>

#include <ostream>
#include <vector>

namespace rotacast::auth {
namespace {

using enum TokenSource;

struct Case {
    UpgradeTexts texts;
    std::string token;  // empty: none found
    TokenSource source = authorization;
};

void expect_found(const auto& found, const Case& expected, std::size_t row) {
    ASSERT_EQ(found.has_value(), !expected.token.empty()) << "row " << row;
    if (!found) return;
    EXPECT_EQ(found->token, expected.token) << "row " << row;
    EXPECT_EQ(found->source, expected.source) << "row " << row;
}

void expect_all(const std::vector<Case>& cases) {
    for (std::size_t row = 0; row < cases.size(); ++row)
        expect_found(find_upgrade_token(cases[row].texts), cases[row], row);
}

UpgradeTexts with_authorization(std::string_view text) {
    return {.authorization = text};
}
UpgradeTexts with_subprotocols(std::string_view text) {
    return {.subprotocols = text};
}
UpgradeTexts with_query(std::string_view text) {
    return {.query = text};
}
UpgradeTexts with_cookie(std::string_view text) {
    return {.cookie = text, .cookie_counts = true};
}

TEST(TokenSource, AuthorizationHeader) {
    expect_all({{with_authorization("Bearer a.b.c"), "a.b.c", authorization},
                {with_authorization("bEARER   a.b.c "), "a.b.c", authorization},
                {with_authorization("Basic a.b.c"), ""},
                {with_authorization("Bearer"), ""},
                {with_authorization("Bearer "), ""},
                {with_authorization("Bearera.b.c"), ""},
                {with_authorization(""), ""}});
}

TEST(TokenSource, SubprotocolBesideOurs) {
    expect_all({{with_subprotocols("rotacast.v1, bearer.a.b.c"), "a.b.c", subprotocol},
                {with_subprotocols("bearer.a.b.c,rotacast.v1"), "a.b.c", subprotocol},
                {with_subprotocols("bearer.a.b.c"), ""},
                {with_subprotocols("rotacast.v1, bearer."), ""},
                {with_subprotocols("rotacast.v1"), ""},
                {with_subprotocols(",,"), ""}});
}

TEST(TokenSource, QueryParameter) {
    expect_all({{with_query("token=a.b.c"), "a.b.c", query},
                {with_query("case=camel&token=a.b.c&x=1"), "a.b.c", query},
                {with_query("token=first&token=last"), "last", query},
                {with_query("token=first&token="), ""},
                {with_query("token=Bearer%20a.b.c"), "a.b.c", query},
                {with_query("token=Bearer+a.b.c"), "a.b.c", query},
                {with_query("token=bearer+a.b.c"), "bearer a.b.c", query},
                {with_query("token=a%2Eb%2ec"), "a.b.c", query},
                {with_query("t%6fken=a"), "a", query},
                {with_query("token=%zz%4"), "%zz%4", query},
                {with_query("token=a=b"), "a=b", query},
                {with_query("token=Bearer+"), ""},
                {with_query("token="), ""},
                {with_query("token"), ""},
                {with_query("Token=a"), ""},
                {with_query("mytoken=a"), ""},
                {with_query("&&=&"), ""}});
}

TEST(TokenSource, Cookie) {
    expect_all({{with_cookie("access_token=a.b.c"), "a.b.c", cookie},
                {with_cookie("x=1; access_token=a.b.c; y=2"), "a.b.c", cookie},
                {with_cookie("access_token=\"Bearer a.b.c\""), "a.b.c", cookie},
                {with_cookie("access_token=Bearer a.b.c"), "a.b.c", cookie},
                {with_cookie("access_token=first; access_token=second"), "first", cookie},
                {with_cookie("access_token=\"\""), ""},
                {with_cookie("access_token="), ""},
                {with_cookie("xaccess_token=a"), ""},
                {with_cookie("; ;access_token"), ""}});
}

TEST(TokenSource, CookieThatAForeignPageSentDoesNotCountAndTheErrorSaysWhy) {
    UpgradeTexts texts = with_cookie("access_token=a.b.c");
    texts.cookie_counts = false;
    EXPECT_EQ(find_upgrade_token(texts).error().code, ErrorCode::origin_refused);
    texts.query = "token=q";
    EXPECT_EQ(find_upgrade_token(texts)->token, "q");
    EXPECT_EQ(find_upgrade_token({}).error().code, ErrorCode::token_missing);
    EXPECT_EQ(find_upgrade_token({.cookie = "other=1"}).error().code, ErrorCode::token_missing);
}

TEST(TokenSource, FirstPlaceDecides) {
    UpgradeTexts texts{
        "Bearer one", "rotacast.v1, bearer.two", "token=three", "access_token=four", true};
    expect_found(find_upgrade_token(texts), {{}, "one", authorization}, 0);
    texts.authorization = "Basic one";
    expect_found(find_upgrade_token(texts), {{}, "two", subprotocol}, 1);
    texts.subprotocols = "rotacast.v1";
    expect_found(find_upgrade_token(texts), {{}, "three", query}, 2);
    texts.query = "token=";
    expect_found(find_upgrade_token(texts), {{}, "four", cookie}, 3);
}

TEST(TokenSource, PlainHttpLooksAtTheCookieFirst) {
    expect_found(
        find_http_token("Bearer header", "access_token=\"Bearer jar\""), {{}, "jar", cookie}, 0);
    expect_found(
        find_http_token("bearer header", "access_token="), {{}, "header", authorization}, 1);
    EXPECT_FALSE(find_http_token("Digest header", "other=1"));
}

TEST(TokenSource, TheRefreshTokenHasACookieOfItsOwn) {
    EXPECT_EQ(find_refresh_cookie("access_token=a.b.c; refresh_token=d.e.f"), "d.e.f");
    EXPECT_EQ(find_refresh_cookie("refresh_token=\"d.e.f\""), "d.e.f");
    EXPECT_EQ(find_refresh_cookie("refresh_token=first; refresh_token=second"), "first");
    for (const auto* none :
         {"", "refresh_token", "refresh_token=", "xrefresh_token=a", "access_token=a"})
        EXPECT_EQ(find_refresh_cookie(none), "") << none;
    EXPECT_FALSE(find_http_token("", "refresh_token=d.e.f"));
}

}  // namespace
}  // namespace rotacast::auth
