#include "http/page_origin.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace rotacast::http {
namespace {

const AllowedOrigins allowed({"https://app.example",
                              "http://localhost:3000",
                              "https://b.example:443"});

struct Case {
    std::optional<std::string> origin;
    std::string host;
    std::string site;  // Sec-Fetch-Site; empty: not sent
    bool secure;
    Page page;
};

Page page_of(const Case& row) {
    Request request;
    if (row.origin) request.set(field::origin, *row.origin);
    if (!row.site.empty()) request.set("Sec-Fetch-Site", row.site);
    return page_of(request, row.host, row.secure, allowed);
}

TEST(PageOrigin, AListedOriginIsAllowedExactly) {
    const std::string host = "rota.example";
    const Case rows[] = {
        {"https://app.example", host, "", false, Page::allowed},
        {"https://app.example", host, "cross-site", true, Page::allowed},
        {"http://localhost:3000", host, "same-site", false, Page::allowed},
        {"https://b.example", host, "", false, Page::allowed},  // listed with its default port
        {"http://app.example", host, "", false, Page::foreign},
        {"https://app.example:8443", host, "", false, Page::foreign},
        {"https://app.example.evil.example", host, "", false, Page::foreign},
        {"https://evilapp.example", host, "", false, Page::foreign},
        {"https://app.example/", host, "", false, Page::foreign},
        {"https://app.example, https://evil.example", host, "", false, Page::foreign},
        {"http://localhost", host, "", false, Page::foreign},
    };
    for (const auto& row : rows) EXPECT_EQ(page_of(row), row.page) << *row.origin;
}

TEST(PageOrigin, OurOwnPageHasTheHostOfTheRequest) {
    const Case rows[] = {
        {"http://rota.example", "rota.example", "", false, Page::own},
        {"http://rota.example:8080", "rota.example:8080", "", false, Page::own},
        {"http://rota.example", "Rota.Example:80", "", false, Page::own},
        {"https://rota.example", "rota.example:443", "", true, Page::own},
        {"https://[2001:db8::443]", "[2001:db8::443]", "", true, Page::own},
        {"https://rota.example", "rota.example", "", false, Page::own},  // TLS ended at a proxy
        {"http://rota.example", "rota.example", "", true, Page::foreign},
        {"https://rota.example", "rota.example:80", "", false, Page::foreign},
        {"http://rota.example:8081", "rota.example:8080", "", false, Page::foreign},
        {"http://rota.example", "", "", false, Page::foreign},
        {"null", "null", "", false, Page::foreign},
        {"", "", "", false, Page::foreign},
        {"://", "", "", false, Page::foreign},
    };
    for (const auto& row : rows)
        EXPECT_EQ(page_of(row), row.page) << *row.origin << ' ' << row.host;
}

TEST(PageOrigin, TheHostIsTheOneThatTheBrowserAskedForWhateverAProxyMadeOfIt) {
    Request request;
    request.set(field::origin, "https://rota.example");
    request.set(field::host, "backend:8080");
    EXPECT_EQ(http::page_of(request, "rota.example", true, allowed), Page::own);
    EXPECT_EQ(http::page_of(request, "backend:8080", true, allowed), Page::foreign);
}

TEST(PageOrigin, TheBrowserKnowsBetterThanAProxyThatReplacesTheHost) {
    const Case rows[] = {
        {"https://rota.example", "backend:8080", "same-origin", false, Page::own},
        {"https://rota.example", "backend:8080", "", false, Page::foreign},
        {"https://rota.example", "rota.example", "cross-site", false, Page::foreign},
        {"https://rota.example", "rota.example", "same-site", false, Page::foreign},
        {"https://rota.example", "rota.example", "nonsense", false, Page::foreign},
        {"null", "rota.example", "same-origin", false, Page::own},
        {"null", "rota.example", "cross-site", false, Page::foreign},
    };
    for (const auto& row : rows)
        EXPECT_EQ(page_of(row), row.page) << *row.origin << ' ' << row.site;
}

TEST(PageOrigin, WithoutOriginNoPageSendsUnlessTheBrowserNamesOne) {
    for (const auto* site : {"", "same-origin", "none"})
        EXPECT_EQ(page_of({std::nullopt, "rota.example", site, false, Page::none}), Page::none);
    for (const auto* site : {"same-site", "cross-site", "nonsense"})
        EXPECT_EQ(page_of({std::nullopt, "rota.example", site, false, Page::none}), Page::foreign);
}

TEST(PageOrigin, TextsThatAreNoOriginsAllowNothing) {
    const AllowedOrigins nothing({"null", "*", "https://app.example/"});
    EXPECT_TRUE(nothing.empty());
    for (const auto* origin : {"null", "*", "https://app.example", ""})
        EXPECT_FALSE(nothing.contains(origin)) << origin;
}

}  // namespace
}  // namespace rotacast::http
