#include "http/accept.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace rotacast::http {
namespace {

using namespace std::string_view_literals;

constexpr auto html = "text/html"sv;
constexpr auto json = "application/json"sv;
constexpr auto problem = "application/problem+json"sv;
constexpr auto parts = "multipart/mixed;subscriptionSpec=1.0"sv;
constexpr std::array offered{json, problem, parts};

constexpr auto browser =
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"sv;
constexpr auto java = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"sv;

TEST(Accept, ReadsTheDefaultsOfBrowsersAndLibraries) {
    for (const auto accept : {""sv, "*/*"sv, browser, java})
        EXPECT_EQ(best_of(accept, offered), json) << accept;
    EXPECT_EQ(quality_of(browser, html), 1'000);
    EXPECT_EQ(quality_of(browser, "application/xml"), 900);
    EXPECT_EQ(quality_of(browser, json), 800);
    EXPECT_EQ(quality_of(java, json), 200);
    EXPECT_EQ(quality_of(java, html), 1'000);
}

TEST(Accept, TheMostExactRangeDecidesWhereverItStands) {
    for (const auto accept : {"*/*;q=0.1, application/*;q=0.2, application/json;q=0.3"sv,
                              "application/json;q=0.3, application/*;q=0.2, */*;q=0.1"sv}) {
        EXPECT_EQ(quality_of(accept, json), 300) << accept;
        EXPECT_EQ(quality_of(accept, problem), 200) << accept;
        EXPECT_EQ(quality_of(accept, html), 100) << accept;
    }
    EXPECT_EQ(quality_of("*/*, application/json;q=0", json), 0) << "refused by name";
    EXPECT_EQ(quality_of("application/json;q=0.1, application/json;q=0.4", json), 400);
    EXPECT_EQ(quality_of("application/*", "applications/json"), 0);
}

TEST(Accept, TheBestTypeIsTheOneWantedMostThenTheOneNamedFirstThenOurFirst) {
    EXPECT_EQ(best_of("application/json;q=0.9, application/problem+json", offered), problem);
    EXPECT_EQ(best_of("application/problem+json, application/json", offered), problem);
    EXPECT_EQ(best_of("application/json, application/problem+json", offered), json);
    EXPECT_EQ(best_of("application/*", offered), json);
    EXPECT_EQ(best_of("application/json;q=0, */*;q=0.1", offered), problem);
}

TEST(Accept, NothingFits) {
    for (const auto accept : {"text/html"sv,
                              "text/html, image/*"sv,
                              "application/*;q=0"sv,
                              "*/*;q=0"sv,
                              "*/*;q=0.000"sv,
                              "application/xml, */*;q=0"sv})
        EXPECT_EQ(best_of(accept, offered), std::nullopt) << accept;
    EXPECT_EQ(best_of("*/*", {}), std::nullopt);
}

TEST(Accept, ATypeWithParametersIsNamedOnlyWithThem) {
    for (const auto accept : {"multipart/mixed;subscriptionSpec=1.0"sv,
                              "multipart/mixed;boundary=graphql;subscriptionSpec=1.0"sv,
                              R"(multipart/mixed; boundary="a,b;c\""; subscriptionspec="1.0")"sv})
        EXPECT_TRUE(names(accept, parts)) << accept;
    for (const auto accept : {"multipart/mixed"sv,
                              "multipart/mixed;deferSpec=20220824"sv,
                              "multipart/mixed;subscriptionSpec=2.0"sv,
                              "multipart/mixed;subscriptionSpec=1.0;q=0"sv,
                              "multipart/*"sv,
                              "*/*"sv,
                              ""sv})
        EXPECT_FALSE(names(accept, parts)) << accept;
    EXPECT_EQ(quality_of("multipart/*;q=0.5", parts), 500) << "a wildcard has no parameters";
    EXPECT_EQ(quality_of("multipart/mixed;q=0.5", parts), 0);
    EXPECT_TRUE(names("application/json; charset=utf-8", json));
}

TEST(Accept, NamesAreComparedWithoutCase) {
    EXPECT_EQ(quality_of("Application/JSON;Q=0.5", json), 500);
    EXPECT_EQ(quality_of("APPLICATION/*", json), 1'000);
}

TEST(Accept, WeightsHaveThreeDecimals) {
    for (const auto& [weight, quality] : {std::pair{"0"sv, 0},
                                          {"0."sv, 0},
                                          {"0.001"sv, 1},
                                          {"0.0009"sv, 0},
                                          {".2"sv, 200},
                                          {"0.25"sv, 250},
                                          {R"("0.25")"sv, 250},
                                          {"1"sv, 1'000},
                                          {"1.000"sv, 1'000},
                                          {"7.5"sv, 1'000},
                                          {"99999999999999999999"sv, 1'000}})
        EXPECT_EQ(quality_of("application/json;q=" + std::string(weight), json), quality) << weight;
}

TEST(Accept, WhatIsNotValidIsLeftOut) {
    for (const auto weight : {""sv, "."sv, "x"sv, "-1"sv, "0.1x"sv, "0.1.2"sv})
        EXPECT_EQ(quality_of("application/json;q=" + std::string(weight), json), 1'000) << weight;
    for (const auto accept :
         {","sv, " , ,"sv, "x"sv, "/"sv, "/json"sv, "application/"sv, "*/json"sv})
        EXPECT_EQ(quality_of(accept, json), 1'000) << accept << ": nothing is left of it";
    EXPECT_EQ(quality_of("x, text/html, ;;=, /", json), 0);
    EXPECT_EQ(quality_of("text/html;a=\"open, application/json", json), 0) << "within quotes";
    EXPECT_EQ(quality_of("text/html;a=\"open\\", json), 0);
}

TEST(AcceptEncoding, ListsCodings) {
    for (const auto accept : {"gzip"sv,
                              "deflate, GZIP;q=0.1"sv,
                              "gzip, deflate, br, zstd"sv,
                              "*"sv,
                              "br;q=1.0, *;q=0.1"sv})
        EXPECT_TRUE(accepts_coding(accept, "gzip")) << accept;
    for (const auto accept :
         {""sv, "identity"sv, "gzipped"sv, "gzip;q=0"sv, "gzip;q=0, *"sv, "*;q=0"sv})
        EXPECT_FALSE(accepts_coding(accept, "gzip")) << accept;
}

}  // namespace
}  // namespace rotacast::http
