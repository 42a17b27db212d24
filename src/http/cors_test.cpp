#include "http/cors.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace rotacast::http {
namespace {

const AllowedOrigins allowed({"https://app.example", "http://localhost:3000"});

Request request_from(std::string_view origin, verb method = verb::get) {
    Request request{method, "/things", 11};
    request.set(field::host, "rota.example");
    if (!origin.empty()) request.set(field::origin, origin);
    return request;
}

Request preflight_from(std::string_view origin, std::string_view headers = "authorization") {
    auto request = request_from(origin, verb::options);
    request.set("Access-Control-Request-Method", "PUT");
    if (!headers.empty()) request.set("Access-Control-Request-Headers", headers);
    return request;
}

/// What the router answers to OPTIONS.
Response allow_response() {
    Response response{status::no_content, 11};
    response.set(field::allow, "GET, HEAD, PUT, OPTIONS");
    return response;
}

Response with_cors(Response response, const Request& request, const AllowedOrigins& by = allowed) {
    add_cors_headers(response, request, by);
    return response;
}

std::vector<std::string> access_control_headers(const Response& response) {
    std::vector<std::string> names;
    for (const auto& line : response)
        if (line.name_string().starts_with("Access-Control-"))
            names.emplace_back(line.name_string());
    return names;
}

TEST(Cors, AListedPageMayReadAResponse) {
    const auto response =
        with_cors(json_response(status::ok, "{}"), request_from("https://app.example"));
    EXPECT_EQ(response["Access-Control-Allow-Origin"], "https://app.example");
    EXPECT_EQ(response["Access-Control-Allow-Credentials"], "true");
    EXPECT_EQ(response[field::vary], "Origin");
}

TEST(Cors, AListedPageMayReadARefusalAndItsHeaders) {
    auto refused = error_response({ErrorCode::rate_limited, "", ""}, std::chrono::seconds{7});
    refused.set(field::etag, "\"1\"");
    refused.set(field::set_cookie, "secret=1");
    refused.set("X-New-Field", "1");
    const auto response = with_cors(std::move(refused), request_from("http://localhost:3000"));
    EXPECT_EQ(response["Access-Control-Allow-Origin"], "http://localhost:3000");
    EXPECT_EQ(response["Access-Control-Expose-Headers"],
              "X-Request-ID, Retry-After, ETag, X-New-Field");
}

TEST(Cors, OtherPagesGetNothingButVary) {
    for (const auto* origin :
         {"https://evil.example", "null", "", "http://rota.example", "https://app.example/"}) {
        const auto plain = with_cors(json_response(status::ok, "{}"), request_from(origin));
        EXPECT_TRUE(access_control_headers(plain).empty()) << origin;
        EXPECT_EQ(plain[field::vary], "Origin") << origin;
        const auto preflight = with_cors(allow_response(), preflight_from(origin));
        EXPECT_TRUE(access_control_headers(preflight).empty()) << origin;
        EXPECT_EQ(preflight[field::vary], "Origin") << origin;
        EXPECT_EQ(preflight.result(), status::no_content) << origin;
    }
}

TEST(Cors, VaryIsAddedToWhatTheResponseVariesByAlready) {
    auto page = content_response(status::ok, "text/html", "x");
    page.set(field::vary, "Accept-Encoding");
    const auto response = with_cors(std::move(page), request_from(""));
    const auto [first, last] = response.equal_range(field::vary);
    std::string all;
    for (auto line = first; line != last; ++line) {
        all += line->value();
        all += ';';
    }
    EXPECT_EQ(all, "Accept-Encoding;Origin;");
}

TEST(Cors, WithoutAllowedOriginsNothingIsAdded) {
    for (const auto& request : {request_from("https://app.example"), request_from("")}) {
        const auto response = with_cors(json_response(status::ok, "{}"), request, {});
        EXPECT_TRUE(access_control_headers(response).empty());
        EXPECT_EQ(response.count(field::vary), 0u);
    }
}

TEST(Cors, APreflightIsAnsweredFromTheRoutesMethods) {
    const auto response = with_cors(allow_response(), preflight_from("https://app.example"));
    EXPECT_EQ(response["Access-Control-Allow-Methods"], "GET, HEAD, PUT, OPTIONS");
    EXPECT_EQ(response["Access-Control-Allow-Headers"], "authorization");
    EXPECT_EQ(response["Access-Control-Max-Age"], "7200");
    EXPECT_EQ(response["Access-Control-Allow-Origin"], "https://app.example");
    EXPECT_EQ(response["Access-Control-Allow-Credentials"], "true");
    EXPECT_EQ(response.count("Access-Control-Expose-Headers"), 0u);
    EXPECT_EQ(response.count("Access-Control-Allow-Private-Network"), 0u);
}

TEST(Cors, APreflightForAPathWithoutRouteAllowsNoMethod) {
    const auto response = with_cors(error_response({ErrorCode::not_found, "", ""}),
                                    preflight_from("https://app.example"));
    EXPECT_EQ(response.count("Access-Control-Allow-Methods"), 0u);
    EXPECT_EQ(response.count("Access-Control-Allow-Headers"), 0u);
    EXPECT_EQ(response["Access-Control-Allow-Origin"], "https://app.example");
}

TEST(Cors, OptionsWithoutAMethodAskedForIsNoPreflight) {
    const auto response =
        with_cors(allow_response(), request_from("https://app.example", verb::options));
    EXPECT_EQ(response.count("Access-Control-Allow-Methods"), 0u);
    EXPECT_EQ(response["Access-Control-Expose-Headers"], "X-Request-ID, Allow");
}

std::optional<std::string> allowed_headers(std::string_view asked) {
    const auto response = with_cors(allow_response(), preflight_from("https://app.example", asked));
    const auto found = response.find(field::access_control_allow_headers);
    if (found == response.end()) return std::nullopt;
    return std::string(found->value());
}

TEST(Cors, HeaderNamesAreSentBackOnlyIfTheyAreNames) {
    const std::string many(asked_headers_bytes_max, 'x');
    for (const std::string& names : {std::string("authorization,content-type,last-event-id"),
                                     std::string("X-Request-ID, traceparent"),
                                     many})
        EXPECT_EQ(allowed_headers(names), names);
    for (const std::string& names : {std::string(),
                                     std::string("a:b"),
                                     std::string("a;b"),
                                     std::string("\"a\""),
                                     std::string("a\xff"),
                                     many + "x"})
        EXPECT_EQ(allowed_headers(names), std::nullopt) << names;
}

TEST(Cors, AListedPageMayReachAPrivateAddress) {
    auto request = preflight_from("https://app.example");
    request.set("Access-Control-Request-Private-Network", "true");
    EXPECT_EQ(with_cors(allow_response(), request)["Access-Control-Allow-Private-Network"], "true");
    auto foreign = preflight_from("https://evil.example");
    foreign.set("Access-Control-Request-Private-Network", "true");
    EXPECT_TRUE(access_control_headers(with_cors(allow_response(), foreign)).empty());
}

TEST(Cors, AWebSocketIsLeftAsItIs) {
    Response response{status::switching_protocols, 11};
    response = with_cors(std::move(response), request_from("https://app.example"));
    EXPECT_TRUE(access_control_headers(response).empty());
    EXPECT_EQ(response.count(field::vary), 0u);
}

}  // namespace
}  // namespace rotacast::http
